"""Reads ``--expect``: what was ordered, as key=value pairs."""

from typing import TYPE_CHECKING

from compat.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compat.frames.expectation import Expectation

YES_NO = {"yes": True, "no": False}
EXAMPLE = "frames=81,size=848x480,fps=25,motion=yes"
HELP = (
    "what was ordered; a clip that is otherwise is garbage: frames=81, size=848x480, fps=25, "
    "duration=3.24, motion=yes|no, loop=yes|no, black-intro=yes|no, audio=yes|no; "
    "in-distribution=no where the model cannot be expected to make pictures"
)


def parse_expectation(text: str) -> "Expectation":
    """Read ``frames=81,size=848x480,motion=yes,fps=25``; UsageError for anything else."""
    from compat.frames.expectation import Expectation

    known: dict[str, object] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = part.partition("=")
        try:
            read = READERS[key.strip().lower()](value.strip().lower())
        except (ValueError, KeyError):
            raise UsageError(
                f"--expect does not understand {part!r}",
                f"write {EXAMPLE}; the keys are {', '.join(READERS)}",
            ) from None
        if read.keys() & known.keys():
            raise UsageError(f"--expect says {key.strip()} twice", "say it once")
        known.update(read)
    return Expectation(**known)  # type: ignore[arg-type]


def _size(value: str) -> dict[str, object]:
    width, height = value.split("x")
    return {"width": _positive(width), "height": _positive(height)}


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _above_zero(value: str) -> float:
    number = float(value)
    if not 0 < number < float("inf"):
        raise ValueError(value)
    return number


def _yes_no(name: str) -> "Callable[[str], dict[str, object]]":
    return lambda value: {name: YES_NO[value]}


READERS: "Mapping[str, Callable[[str], dict[str, object]]]" = {
    "frames": lambda value: {"frames": _positive(value)},
    "size": _size,
    "fps": lambda value: {"fps": _above_zero(value)},
    "duration": lambda value: {"duration": _above_zero(value.removesuffix("s"))},
    "motion": _yes_no("motion"),
    "loop": _yes_no("loop"),
    "black-intro": _yes_no("black_intro"),
    "audio": _yes_no("audio"),
    "in-distribution": _yes_no("in_distribution"),
}
