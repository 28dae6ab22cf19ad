"""Tells which axes of an array are time, height, width and channels."""

from collections.abc import Iterator
from dataclasses import dataclass

CHANNELS = frozenset({1, 3, 4})
SMALLEST_SIDE = 5
"""A side shorter than this is taken for channels or frames; no picture is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to get frames from an array: leading axes to drop, then the order of the others.

    ``name`` is what people call it (THWC, CTHW). ``axes`` are positions after dropping, in the
    order time, height, width, channels; None where the array has no such axis.
    """

    name: str
    dropped: int
    time: int | None
    height: int
    width: int
    channels: int | None


# From the most to the least common; the first that fits counts. THWC is what imageio, decord and
# diffusers' "np" output give, TCHW and CTHW what torch models do.
_OF_FOUR = (
    Layout(name="THWC", dropped=0, time=0, height=1, width=2, channels=3),
    Layout(name="TCHW", dropped=0, time=0, height=2, width=3, channels=1),
    Layout(name="CTHW", dropped=0, time=1, height=2, width=3, channels=0),
)
_OF_THREE = (
    Layout(name="HWC", dropped=0, time=None, height=0, width=1, channels=2),
    Layout(name="CHW", dropped=0, time=None, height=1, width=2, channels=0),
    Layout(name="THW", dropped=0, time=0, height=1, width=2, channels=None),
)
EXPECTED = "[frames, height, width, 3], or channels first, of one clip"


def layout_of(shape: tuple[int, ...]) -> Layout:
    """Return the layout of an array of this shape; ValueError with a sentence for none.

    A leading axis of one is a batch of one clip. Where channels may stand in two places, the more
    common layout counts.
    """
    said = f"shape {list(shape)}"
    if 0 in shape:
        raise ValueError(f"{said} is empty, expected {EXPECTED}")
    dropped = 0
    while len(shape) > 4 and shape[0] == 1:
        shape, dropped = shape[1:], dropped + 1
    if len(shape) == 5 and any(True for _ in _fitting(shape[1:])):
        raise ValueError(f"{said} is a batch of {shape[0]} clips, expected {EXPECTED}")
    for layout in _fitting(shape):
        return Layout(
            name=layout.name,
            dropped=dropped,
            time=layout.time,
            height=layout.height,
            width=layout.width,
            channels=layout.channels,
        )
    raise ValueError(f"{said} is not that of frames, expected {EXPECTED}")


def _fitting(shape: tuple[int, ...]) -> Iterator[Layout]:
    candidates = {4: _OF_FOUR, 3: _OF_THREE}.get(len(shape), ())
    for least in (SMALLEST_SIDE, 1):
        for layout in candidates:
            sides = min(shape[layout.height], shape[layout.width])
            channels = 1 if layout.channels is None else shape[layout.channels]
            # Without an axis of channels, nothing but large sides says that it holds pictures.
            enough = SMALLEST_SIDE if layout.channels is None else least
            if sides >= enough and channels in CHANNELS:
                yield layout
