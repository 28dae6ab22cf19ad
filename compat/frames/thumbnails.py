"""Thumbnails of a clip of any length in bounded memory: all, or stretches spread over it."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

Thumbnail = NDArray[np.float16]

# Frames per stretch, and how many stretches are held at most while reading: 6 MiB of thumbnails,
# nearly three minutes at 24 frames a second without a gap.
STRETCH, HELD = 64, 64
# How many stretches of a longer clip are handed on.
CHOSEN = 4


class Thumbnails:
    """Holds the thumbnails of a clip whose length is not known beforehand.

    Each stretch of 64 frames is held whole, because order is a matter of neighbours. When there
    are too many, every second one is dropped and from then on only every second one is held. The
    last 64 frames are always there.
    """

    def __init__(self) -> None:
        """Start before the first frame."""
        self._stretches: dict[int, list[Thumbnail]] = {}
        self._last: deque[Thumbnail] = deque(maxlen=STRETCH)
        self._every = 1
        self._seen = 0

    def append(self, small: Thumbnail) -> None:
        """Take the next frame's thumbnail."""
        number = self._seen // STRETCH
        if number % self._every == 0:
            self._stretches.setdefault(number, []).append(small)
        self._last.append(small)
        self._seen += 1
        if len(self._stretches) > HELD:
            self._every *= 2
            self._stretches = {
                place: part for place, part in self._stretches.items() if place % self._every == 0
            }

    def chosen(self) -> list[Thumbnail]:
        """Return all thumbnails in order, or four stretches spread over a longer clip."""
        if self._every == 1:
            return [small for part in self._stretches.values() for small in part]
        whole = [place for place, part in self._stretches.items() if len(part) == STRETCH]
        picks = np.rint(np.linspace(0, len(whole) - 1, CHOSEN)).astype(int)[:-1]
        parts = [*(self._stretches[whole[pick]] for pick in picks), list(self._last)]
        return [small for part in parts for small in part]
