"""How far a cell may be from what was made by hand, and why no further.

Two renders with the same weights, inputs and noise differ by rounding alone. How much rounding
does to *this* model is not guessed but measured: the same weights are rounded by hand to the cell's
dtype and rendered in it by plain torch, and that render's distance from the float32 one is the
floor. Another implementation rounds elsewhere, so a cell may be :data:`FACTOR` floors away from
float32. For quantised weights both renders start from what the quantisation leaves of them,
computed by hand: its own loss is no excuse for anything else, and a loader that undoes it wrongly
is not covered by it.

float32 has no float32 to be compared with; rounding is linear in eps, so its floor is that of
bfloat16, scaled down, and wider by :data:`SUMS` because sums are kept in float32 under every dtype.
For a network that is not diffusers' own it is at least what one float32 step in time does
(:mod:`probes.renders.later`).
"""

from dataclasses import dataclass
from typing import Any

from probes.renders.expected import Expected
from probes.renders.rendered import Rendered

FACTOR = 3.0
"""Two independent roundings are root two floors apart; as much again for one that rounds at more
places, such as a kernel that keeps its partial sums in the short dtype."""

SUMS = 8.0
"""What probes/numerics.py measured: float32 up to 6.9 eps where halves lose about 1."""

_BITS = {"bfloat16": 7, "tf32": 10, "float32": 23}
"""Explicit bits of the mantissa: eps is 2 to the minus that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far a render is from the exact one, how far it may be, and how far rounding goes."""

    what: str
    found: float
    limit: float
    floor: float

    @property
    def too_far(self) -> bool:
        """Also for a distance that is no number."""
        return not self.found <= self.limit


def distances(cell: Rendered, by_hand: Expected, dtype: str, device: str) -> tuple[Distance, ...]:
    """Of latents, frames and sound, each from the float32 render of the same weights."""
    scale = _scale(dtype, device)
    return tuple(_distance(what, cell, by_hand, scale) for what in by_hand.exact.kinds)


def _distance(what: str, cell: Rendered, by_hand: Expected, scale: float) -> Distance:
    exact = getattr(by_hand.exact, what)
    floor = apart(getattr(by_hand.rounded, what), exact) * scale
    if by_hand.later is not None:
        floor = max(floor, apart(getattr(by_hand.later, what), exact))
    found = apart(getattr(cell, what), exact)
    return Distance(what=what, found=found, limit=FACTOR * floor, floor=floor)


def apart(one: Any, other: Any) -> float:
    """Length of the difference by that of what varies in ``other``; infinite for other shapes."""
    if one is None or one.shape != other.shape:
        return float("inf")
    spread = (other - other.mean()).double().norm()
    return float((one - other).double().norm() / spread)


def _scale(dtype: str, device: str) -> float:
    """What a bfloat16 floor is multiplied by for a cell in float32; 1 for the halves' own."""
    if dtype != "float32":
        return 1.0
    bits = _BITS["tf32"] if _shortens_float32(device) else _BITS["float32"]
    return float(SUMS * 2.0 ** (_BITS["bfloat16"] - bits))


def _shortens_float32(device: str) -> bool:
    """Whether the device's convolutions or products of float32 are computed in TF32."""
    if device not in ("cuda", "rocm"):
        return False
    import torch

    return bool(torch.backends.cudnn.allow_tf32 or torch.backends.cuda.matmul.allow_tf32)
