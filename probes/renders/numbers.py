"""What a render's own numbers give away: not finite, the wrong shape, flat, frozen, repeated.

Random weights make noise-like pictures, so pixels cannot be judged as a film's are. What is asked
is held against the render of the same weights that was made by hand: where that one moves, so must
the cell's.
"""

from collections.abc import Iterator
from typing import Any

from probes.renders.rendered import Rendered

LEAST = 0.02
"""Share of the hand-made render's spread, over space or over time, below which nothing is left."""


def garbage(cell: Rendered, by_hand: Rendered) -> Iterator[str]:
    """Yield one clause for each thing that no rounding can explain."""
    for what in by_hand.kinds:
        found, wanted = getattr(cell, what), getattr(by_hand, what)
        if found is None:
            yield f"no {what} came"
            return
        if bad := int((~found.isfinite()).sum()):
            yield f"{bad} of {found.numel()} values of the {what} are NaN or infinite"
            return
        if found.shape != wanted.shape:
            yield f"the {what} have shape {tuple(found.shape)}, expected {tuple(wanted.shape)}"
            return
        if _spread(found) < LEAST * _spread(wanted):
            yield (
                f"the {what} are flat: they spread by {_spread(found):.2g}, "
                f"expected {_spread(wanted):.2g}"
            )
            return
    yield from _still(cell.frames, by_hand.frames)


def _still(found: Any, wanted: Any) -> Iterator[str]:
    if _change(found) < LEAST * _change(wanted):
        yield (
            f"all {len(found)} frames are the same: one differs from the next by "
            f"{_change(found):.2g}, expected {_change(wanted):.2g}"
        )


def _spread(values: Any) -> float:
    return float(values.double().std())


def _change(frames: Any) -> float:
    return float((frames[1:] - frames[:-1]).double().std())
