"""Keeps a few frames spread over the clip, and measures them when the clip has ended."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compat.frames.closer.copies import copy_measures
from compat.frames.closer.grids import Profiles, grid_measures
from compat.frames.closer.motion import motion_measures
from compat.frames.closer.palette import palette_measures
from compat.frames.closer.regions import CellMaps, region_measures
from compat.frames.closer.slant import slant_measures
from compat.frames.closer.texture import texture_measures
from compat.frames.closer.wrapping import wrap_measures
from compat.frames.scales import Floats, Frame, Scales, halved
from compat.frames.score.features import SUFFIXES, quantiles
from compat.frames.spatial.limits import MIN_SIDE

# At most twice this many frames are held and this many measured: at 5 ms each that is half a
# millisecond per frame of an 81-frame clip.
LOOKED_AT = 8
# Pixels of the middle of a frame that are kept at full size: 16 periods of 16 px.
MIDDLE = 256
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame to look at: its middle at full size, quarter-size colour, the frame before it.

    ``channel`` is the one with the detail where luma hides it (red on blue), else None.
    Bytes and not floats: two dozen are held until the clip ends.
    """

    middle: Bytes
    colour: Bytes
    before: Bytes | None
    channel: int | None


class CloserLook:
    """Takes every frame, holds some, evenly spread over whatever length the clip turns out to have.

    Every n-th frame is kept; when there are too many, every second is dropped and n doubled.
    """

    def __init__(self) -> None:
        """Start before the first frame."""
        self._samples: list[Sample] = []
        self._seen = 0
        self._stride = 1
        self._before: Bytes | None = None

    def see(self, scales: Scales) -> None:
        """Take the next frame."""
        wanted = self._seen % self._stride == 0
        if wanted or (self._seen + 1) % self._stride == 0:
            colour = _bytes(scales)
            if wanted:
                self._keep(scales, colour, self._before)
            self._before = colour
        self._seen += 1

    def look_at(self, scales: Scales, before: Scales | None) -> None:
        """Take a frame picked from the clip, with the one that stands before it there."""
        if self._seen % self._stride == 0:
            self._keep(scales, _bytes(scales), None if before is None else _bytes(before))
        self._seen += 1

    def _keep(self, scales: Scales, colour: Bytes, before: Bytes | None) -> None:
        same = before is not None and before.shape == colour.shape
        self._samples.append(
            Sample(_middle(scales.frame), colour, before if same else None, scales.busiest)
        )
        if len(self._samples) > 2 * LOOKED_AT:
            self._samples = self._samples[::2]
            self._stride *= 2

    def measures(self) -> dict[str, float]:
        """Return low, middle and high value of each measure, and those of all frames together."""
        places = np.linspace(0, len(self._samples) - 1, min(LOOKED_AT, len(self._samples)))
        samples = [self._samples[int(place)] for place in np.rint(places)]
        samples = [sample for sample in samples if min(sample.middle.shape[:2]) >= MIN_SIDE]
        if not samples:
            return {}
        profiles, maps = Profiles(), CellMaps()
        rows = [_measured(sample, profiles, maps) for sample in samples]
        return {**_ends(rows), **grid_measures(profiles), **region_measures(maps)}


def _bytes(scales: Scales) -> Bytes:
    return np.rint(scales.colour).astype(np.uint8)


def _middle(frame: Frame) -> Bytes:
    top, left = (max(0, side - MIDDLE) // 2 // 16 * 16 for side in frame.shape[:2])
    return frame[top : top + MIDDLE, left : left + MIDDLE].copy()


def _measured(sample: Sample, profiles: Profiles, maps: CellMaps) -> dict[str, float]:
    sharp = _detail(np.moveaxis(sample.middle, -1, 0), sample.channel)
    colour = sample.colour.astype(np.float32)
    grey = _detail(sample.colour, sample.channel)
    before = None if sample.before is None else _detail(sample.before, sample.channel)
    motion, left = motion_measures(grey, before)
    profiles.add(sharp)
    maps.add(grey, left)
    return {
        **texture_measures(halved(sharp), "half"),
        **texture_measures(grey, "quarter"),
        **copy_measures(grey),
        **slant_measures(grey),
        **wrap_measures(sample.middle),
        **palette_measures(colour, grey),
        **motion,
    }


def _detail(planes: Bytes, channel: int | None) -> Floats:
    if channel is not None:
        chosen: Floats = planes[channel].astype(np.float32)
        return chosen
    luma: Floats = planes[0] * np.float32(0.299)
    luma += planes[1] * np.float32(0.587)
    luma += planes[2] * np.float32(0.114)
    return luma


def _ends(rows: list[dict[str, float]]) -> dict[str, float]:
    ends = quantiles(np.array([[row[name] for row in rows] for name in rows[0]]))
    return {
        name + suffix: float(ends[place, number])
        for number, name in enumerate(rows[0])
        for place, suffix in enumerate(SUFFIXES)
    }
