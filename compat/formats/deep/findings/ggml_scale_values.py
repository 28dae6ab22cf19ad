"""Scales of quantised ggml blocks that are NaN, infinite or too large for half precision."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.findings.not_finite import MOST_NAMES
from compat.formats.deep.ggml_scales import LAYOUTS
from compat.formats.wording import damage, quoted


def ggml_scale_values(path: Path, census: Census) -> Iterator[Finding]:
    """A block's scale that is not finite makes 32 to 256 weights so."""
    seen = [
        (tensor, sight)
        for tensor, sight in census.seen()
        if tensor.dtype in LAYOUTS and not sight.foreign_bytes
    ]
    bad = [(tensor, sight) for tensor, sight in seen if sight.not_finite]
    if bad:
        worst, sight = max(bad, key=lambda pair: pair[1].not_finite)
        first = min((s.first_bad for _, s in bad if s.first_bad is not None), default=0)
        yield damage(
            "gguf-scale-not-finite",
            path,
            f"{sum(s.not_finite for _, s in bad)} block scales in {len(bad)} tensor(s) are NaN or "
            f"infinite, expected none; first at byte {first}, most ({sight.not_finite} of "
            f"{sight.values}) in {quoted(worst.name)} ({worst.dtype})",
            remedy="compare the hash with the publisher's; a right copy means the quantiser met "
            "NaN: take another publisher's file",
            detail=f"byte {first}",
            first_byte=first,
            tensors={quoted(t.name): s.not_finite for t, s in bad[:MOST_NAMES]},
        )
    huge = [(tensor, sight) for tensor, sight in seen if sight.beyond]
    if huge:
        worst, sight = max(huge, key=lambda pair: pair[1].beyond)
        yield damage(
            "gguf-scale-too-large",
            path,
            f"{sum(s.beyond for _, s in huge)} block scales in {len(huge)} tensor(s) allow weights "
            f"above 65504, which half precision cannot hold; most in {quoted(worst.name)} "
            f"({worst.dtype}), up to {sight.amax:.3g}",
            remedy="compare the hash with the publisher's; trained weights are far smaller",
            detail=quoted(worst.name),
            severity=Severity.MEDIUM,
            largest=sight.amax,
            tensors={quoted(t.name): s.beyond for t, s in huge[:MOST_NAMES]},
        )
