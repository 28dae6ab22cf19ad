"""fp8 weights of which many stand at the end of the range: clipped."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.findings.fp8_companions import companion_scale
from compat.formats.deep.float_bits import FLOATS
from compat.formats.deep.sight import Sight
from compat.formats.deep.tensor_kind import is_matrix, is_scale
from compat.formats.model import TensorInfo
from compat.formats.wording import damage, quoted

CLIPPED_SHARE = 0.01
"""Share of values at the largest magnitude. Scaling by the largest magnitude (ComfyUI's and vLLM's
scaled fp8, torchao, ModelOpt: scale = amax / 448) puts one value per scale there; calibration by
percentile clips 0.1 % at the loosest setting in common use (99.9), a tenth of this."""

PER_SCALE = 4
"""Values that one scale may put at the end besides: the largest, and what rounds to it. Block
scales that are powers of two (OCP microscaling) clip up to an eighth of the range above it."""

MOST_NAMES = 16


def fp8_saturation(path: Path, census: Census) -> Iterator[Finding]:
    """Clipped weights are wrong by as much as they were clipped; nothing raises."""
    clipped = [(t, s) for t, s in census.seen() if _is_clipped(census, t, s)]
    if not clipped:
        return
    tensor, sight = max(clipped, key=lambda seen: seen[1].full / seen[1].full_of)
    largest = FLOATS[tensor.dtype].value(FLOATS[tensor.dtype].largest)
    yield damage(
        "fp8-saturated",
        path,
        f"{len(clipped)} fp8 tensor(s) were clipped: {100 * sight.full / sight.full_of:.1f} % of "
        f"the sampled values of {quoted(tensor.name)} are +-{largest:g}, expected under "
        f"{100 * CLIPPED_SHARE:g} %",
        remedy="use a bf16 file or one that was scaled before it was cast to fp8",
        detail=quoted(tensor.name),
        severity=Severity.MEDIUM,
        tensors={quoted(t.name): round(s.full / s.full_of, 5) for t, s in clipped[:MOST_NAMES]},
    )


def _is_clipped(census: Census, tensor: TensorInfo, sight: Sight) -> bool:
    if not sight.full or not is_matrix(tensor) or is_scale(tensor.name) or sight.same is not None:
        return False
    if sight.foreign_bytes:
        return False
    scale = companion_scale(census.header, tensor.name)
    scales = max(1, scale.elements) if scale is not None else 1
    allowed = CLIPPED_SHARE + PER_SCALE * scales / max(1, tensor.elements)
    return sight.full > allowed * sight.full_of
