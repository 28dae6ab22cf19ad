"""Weights that are NaN or infinite."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.ggml_scales import LAYOUTS
from compat.formats.deep.sight import Sight
from compat.formats.deep.tensor_kind import is_matrix, is_scale
from compat.formats.model import TensorInfo
from compat.formats.wording import damage, quoted

MOST_NAMES = 16

SCHEDULE_WORDS = ("alphas_cumprod", "betas", "posterior_", "lvlb_weights", "sigmas")
"""Noise schedules kept in Stable Diffusion checkpoints; where the last step is pure noise their
reciprocals and logarithms are infinite, and samplers compute their own."""

Seen = tuple[TensorInfo, Sight]


def not_finite(path: Path, census: Census) -> Iterator[Finding]:
    """NaN and infinity in weights are damage; in masks and noise schedules they are meant."""
    bad = [
        (tensor, sight)
        for tensor, sight in census.seen()
        if sight.not_finite
        and not (_is_mask(tensor, sight) or sight.foreign_bytes or is_scale(tensor.name))
        and tensor.dtype not in LAYOUTS
    ]
    weights = [seen for seen in bad if not _is_schedule(seen[0])]
    if weights:
        yield _damage(path, weights)
    elif bad:
        tensor, sight = bad[0]
        yield damage(
            "schedule-not-finite",
            path,
            f"{sight.not_finite} values of the noise schedule {quoted(tensor.name)} are not "
            "finite, as at a schedule that ends in pure noise",
            remedy="nothing: samplers compute the schedule themselves",
            detail=quoted(tensor.name),
            severity=Severity.INFO,
        )


def _is_mask(tensor: TensorInfo, sight: Sight) -> bool:
    # Stable Diffusion 2 checkpoints hold open_clip's attn_mask of 77 x 77.
    return sight.is_mask and is_matrix(tensor) and tensor.shape[-1] == tensor.shape[-2]


def _is_schedule(tensor: TensorInfo) -> bool:
    return not is_matrix(tensor) and any(word in tensor.name for word in SCHEDULE_WORDS)


def _damage(path: Path, bad: list[Seen]) -> Finding:
    total = sum(sight.not_finite for _, sight in bad)
    most, sight = max(bad, key=lambda seen: seen[1].not_finite)
    first = min((s.first_bad for _, s in bad if s.first_bad is not None), default=0)
    return damage(
        "weights-not-finite",
        path,
        f"{total} values in {len(bad)} tensor(s) are NaN or infinite, expected none; first at byte "
        f"{first}, most ({sight.not_finite} of {sight.values}) in {quoted(most.name)}",
        remedy="compare the hash with the publisher's; a right copy means that training or "
        "conversion overflowed: use a bf16 or fp32 file",
        detail=f"byte {first}",
        first_byte=first,
        nan=sum(seen.nan for _, seen in bad),
        infinite=sum(seen.inf + seen.minus_inf for _, seen in bad),
        tensors={quoted(tensor.name): seen.not_finite for tensor, seen in bad[:MOST_NAMES]},
        first_bytes={quoted(tensor.name): seen.first_bad for tensor, seen in bad[:MOST_NAMES]},
        first_index=_first_index(*bad[0]),
    )


def _first_index(tensor: TensorInfo, sight: Sight) -> list[int]:
    """Index of the first bad value in its tensor, slowest dimension first."""
    if sight.first_bad is None or not tensor.elements:
        return []
    flat = (sight.first_bad - tensor.start) * tensor.elements // (tensor.end - tensor.start)
    index: list[int] = []
    for side in reversed(tensor.shape):
        index.append(flat % side)
        flat //= side
    return index[::-1]
