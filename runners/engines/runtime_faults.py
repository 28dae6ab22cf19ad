"""Faults that ``framegate demo --break`` injects while a worker runs, to show that they are caught.

Only the demo asks for them by name; a plan cannot.
"""

import ctypes
from collections.abc import Callable
from typing import Any

from runners.engines.saving import ToFrames, to_frames

SEGFAULT = "worker-segfault"
NAIVE_SAVE = "bf16-save-path"


def save_function(fault: str) -> ToFrames:
    """The save path to use: the real one, or the one that many scripts have."""
    return _naive_frames if fault == NAIVE_SAVE else to_frames


def step_fault(fault: str) -> Callable[[int], None]:
    """What happens after a denoising step: nothing, or a crash as a broken driver gives."""
    return _crash if fault == SEGFAULT else _nothing


def _naive_frames(video: Any) -> Any:
    # What generate scripts do at their very end: no cast, and numpy has no bfloat16.
    return (video.clamp(0, 1) * 255).round().permute(0, 2, 3, 1).cpu().numpy().astype("uint8")


def _nothing(_step: int) -> None:
    return None


def _crash(_step: int) -> None:
    ctypes.string_at(0)
