"""Measures a clip from a glimpse of every frame and a full analysis of few."""

from collections import deque
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from compat.frames.clip import Clip
from compat.frames.glimpse import Glimpse
from compat.frames.jumps import Jumps, brightness
from compat.frames.measures import ClipMeasures, checked
from compat.frames.order import order_measures
from compat.frames.scales import scales_of, thumbnail
from compat.frames.spatial import measure_frame
from compat.frames.table import Table
from compat.frames.temporal import Succession
from compat.frames.thumbnails import Thumbnails

# Every sixteenth frame is analysed in full, the first and the last one, and those that are unlike
# the frames before them: as many of these as there were sampled ones and a few more, so that a
# clip of cuts does not become one of frames to analyse.
EVERY, JUMPS_AT_FIRST = 16, 4
# Shorter clips are analysed frame by frame: a few frames say too little of so few.
FEWEST = 32


class AdaptiveMeasures:
    """Takes glimpses in order; analyses some of them with the two frames before each."""

    def __init__(self) -> None:
        """Start before the first frame."""
        self._recent: deque[Glimpse] = deque(maxlen=3)
        self._jumps, self._jumped = Jumps(), 0
        self._thumbnails, self._table = Thumbnails(), Table()
        self._brightness: list[float] = []
        self._analysed: list[int] = []
        # For each analysed frame, whether those before it belong to another shot.
        self._starts: list[bool] = []
        self._sizes: dict[tuple[int, int], None] = {}

    def see(self, glimpse: Glimpse) -> None:
        """Take the next frame."""
        number = len(self._brightness)
        self._recent.append(glimpse)
        self._sizes.setdefault(glimpse.size)
        self._brightness.append(brightness(glimpse.small))
        self._thumbnails.append(thumbnail(glimpse.small.transpose(2, 0, 1).astype(np.float32)))
        jumped = self._jumps.see(glimpse.small)
        if jumped and number:
            jumped = self._jumped < JUMPS_AT_FIRST + number // EVERY
            self._jumped += jumped
        if jumped or number % EVERY == 0:
            self._analyse(number, starts=jumped)

    def measures(self, clip: Clip) -> ClipMeasures:
        """Return the measures once the last frame was taken."""
        frames = len(self._brightness)
        if frames and self._analysed[-1] != frames - 1:
            self._analyse(frames - 1, starts=False)
        places = self._held(frames)
        per_frame = {name: column[places] for name, column in self._table.columns().items()}
        if frames:
            per_frame["luma_mean"] = np.array(self._brightness)
        return ClipMeasures(
            frames=frames,
            sizes=tuple(self._sizes),
            per_frame=per_frame,
            order=order_measures(self._thumbnails.chosen()),
            info=clip.info,
            analysed=np.array(self._analysed, int),
        )

    def _analyse(self, number: int, *, starts: bool) -> None:
        succession = Succession()
        whole = [scales_of(checked(glimpse.whole())) for glimpse in self._recent]
        steps = [succession.step(scales) for scales in whole][-1]
        self._table.add({**measure_frame(whole[-1].frame, whole[-1]), **steps})
        self._analysed.append(number)
        self._starts.append(starts)

    def _held(self, frames: int) -> NDArray[np.int_]:
        """Return for each frame which analysed one stands for it: the nearest of its shot."""
        borders = [
            last if starts else (first + last + 1) // 2
            for (first, last), starts in zip(
                pairwise(self._analysed), self._starts[1:], strict=True
            )
        ]
        lengths = np.diff([0, *borders, frames]) if frames else np.zeros(0, int)
        return np.repeat(np.arange(len(self._analysed)), lengths)


def measure_adaptively(clip: Clip) -> ClipMeasures:
    """Read a clip once and return its measures, most of them from the frames analysed.

    Which are the first and the last, every sixteenth, and those that differ from the frames before
    them as no other does. Memory is that of :func:`measure_clip`, or less.
    """
    gathered = AdaptiveMeasures()
    for glimpse in clip.glimpses():
        gathered.see(glimpse)
    return gathered.measures(clip)
