"""Joins the windows' frames without a visible seam.

A decoder looks at neighbouring latents. The last latent of a window is decoded before its right
neighbour exists, so its frames are held back, decoded again with the next window, and the two
versions are blended into each other.
"""

import itertools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Frames = np.ndarray[Any, np.dtype[np.uint8]]

HELD_LATENTS = 1
"""Latents whose frames wait for the next window: 8 frames, as diffusers' temporal tiles overlap."""

CONTEXT_LATENTS = 3
"""Latents before a window's new ones that are decoded with it: the held one and two behind it."""


def context_for(first_new: int) -> int:
    """How many latents before latent ``first_new`` are decoded along, and are there to be."""
    return min(CONTEXT_LATENTS, first_new)


def blend(held: "Frames", again: "Frames") -> "Frames":
    """Fade from the first decoding of the held frames to the second, linearly over their length."""
    import numpy as np

    count = len(held)
    weight = (np.arange(1, count + 1, dtype=np.float32) / (count + 1)).reshape(-1, 1, 1, 1)
    mixed = held.astype(np.float32) * (1 - weight) + again.astype(np.float32) * weight
    return np.rint(mixed).astype(np.uint8)


def seam_step(before: "Frames", after: "Frames") -> float:
    """How much bigger the step across the seam is than the usual step from frame to frame.

    1 means that nobody can see a seam; computed on mean absolute differences, at least half a grey
    level of usual motion assumed so that a still picture does not divide by zero.
    """
    import numpy as np

    def step(one: Any, other: Any) -> float:
        return float(np.abs(one.astype(np.float32) - other.astype(np.float32)).mean())

    inside = [step(a, b) for a, b in itertools.pairwise(after)] or [0.0]
    usual = max(float(np.median(inside)), 0.5)
    return step(before[-1], after[0]) / usual
