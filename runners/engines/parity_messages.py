"""What parent and render worker say about parity: plain data only."""

from collections.abc import Mapping
from dataclasses import dataclass

from runners.engines.messages import ClipRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityRequest:
    """Render ``clip`` and shadow every operation in wider precision on the processor.

    At most ``most`` divergences are reported, in the order in which they happened.
    """

    clip: ClipRequest
    most: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """One operation whose result left the reference.

    ``number`` counts operations from 0; ``module`` is the path of the innermost module of the
    pipeline, ``source`` the innermost line outside torch. ``error_eps`` is the largest difference
    over the largest reference value, in eps of the result's dtype; ``limit_eps`` what is allowed,
    ``host_eps`` what the same operation on the processor in the same dtype is off by. ``problem``
    says what is wrong where it is no number: another shape or dtype, values that are not finite.
    """

    number: int
    operation: str
    module: str
    source: str
    inputs: tuple[str, ...]
    dtype: str
    error_eps: float
    limit_eps: float
    host_eps: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityAnswer:
    """What the shadow saw: how much it compared, the largest error of each operation, and faults.

    ``worst_eps`` and ``not_compared`` are by operation; the latter counts results for which the
    processor has no reference.
    """

    compared: int
    worst_eps: Mapping[str, float]
    not_compared: Mapping[str, int]
    divergences: tuple[Divergence, ...]
    found: int
    seconds: float
