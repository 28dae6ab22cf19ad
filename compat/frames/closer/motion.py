"""How far motion of small blocks explains what changed since the frame before."""

import numpy as np

from compat.frames.scales import Floats, averaged, halved
from compat.frames.spatial.limits import NAN

NAMES = ("unexplained", "explained", "moving_share", "motion_rough", "motion_far")
# Blocks of 4 squares moved by up to 3, after averaging so that the shorter side has at most 64:
# at 832x480 that is blocks of 32 px moved by up to 24 px.
BLOCK, REACH, SHORT_SIDE = 4, 3, 64
# A block stands still unless moving it explains clearly more, in grey levels.
GAIN, LEAST_GAIN = 1.05, 0.2


def motion_measures(grey: Floats, before: Floats | None) -> tuple[dict[str, float], Floats | None]:
    """Return measures of the change between two lumas [h, w], and what is left of each block.

    ``unexplained``: what no motion of a block explains, against the block's contrast.
    ``explained``: the share of the change that motion explains. ``moving_share`` of the blocks,
    ``motion_rough``: neighbours that move differently, ``motion_far``: as far as was looked.
    """
    nothing = dict.fromkeys(NAMES, NAN)
    if before is None:
        return nothing, None
    while min(grey.shape) > SHORT_SIDE:
        grey, before = halved(grey), halved(before)
    if min(grey.shape) < 4 * BLOCK:
        return nothing, None
    height, width = (side // BLOCK * BLOCK for side in grey.shape)
    now = grey[:height, :width]
    errors, moves = _errors(now, before[:height, :width])
    still = errors[len(moves) // 2]
    least = errors.min(axis=0)
    chosen = np.where(still <= least * GAIN + LEAST_GAIN, len(moves) // 2, errors.argmin(axis=0))
    cells = now.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    contrast = averaged(
        np.abs(now - cells.mean(axis=(1, 3)).repeat(BLOCK, 0).repeat(BLOCK, 1)), BLOCK
    )
    move = moves[chosen]
    length = np.abs(move).max(axis=2)
    rough = [np.abs(np.diff(move, axis=axis)).max(axis=2) > 1 for axis in (0, 1)]
    values = (
        float(least.mean() / (contrast.mean() + 0.5)),
        float(1 - (least.mean() + LEAST_GAIN) / (still.mean() + LEAST_GAIN)),
        float((length > 0).mean()),
        float(np.concatenate([part.ravel() for part in rough]).mean()),
        float((length == REACH).mean()),
    )
    return dict(zip(NAMES, values, strict=True)), least / (contrast + 2)


def _errors(now: Floats, before: Floats) -> tuple[Floats, np.ndarray]:
    """Return the mean difference of each block for each move [moves, rows, columns]."""
    height, width = now.shape
    padded = np.pad(before, REACH, mode="edge")
    reach = range(2 * REACH + 1)
    errors = [
        averaged(np.abs(now - padded[top : top + height, left : left + width]), BLOCK)
        for top in reach
        for left in reach
    ]
    moves = np.array([(top - REACH, left - REACH) for top in reach for left in reach])
    return np.stack(errors), moves
