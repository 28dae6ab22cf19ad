"""Scales of quantised weights that no quantiser writes."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.findings.beyond_half import HALF_LARGEST
from compat.formats.deep.findings.fp8_companions import scaled_weight
from compat.formats.deep.float_bits import FLOATS
from compat.formats.deep.sight import Sight
from compat.formats.deep.tensor_kind import OTHER_SCALES, is_scale
from compat.formats.model import TensorInfo
from compat.formats.wording import damage, quoted

MOST_NAMES = 16


def scale_values(path: Path, census: Census) -> Iterator[Finding]:
    """A scale is the largest weight over 448 (or over 127): finite, above zero and small."""
    bad: dict[str, str] = {}
    large: dict[str, float] = {}
    for tensor, sight in census.seen():
        if tensor.dtype not in FLOATS or not is_scale(tensor.name) or not sight.values:
            continue
        why = _what_is_wrong(census, tensor, sight)
        if why:
            bad[tensor.name] = why
        elif (reach := _reach(census, tensor, sight)) > HALF_LARGEST:
            large[tensor.name] = reach
    if bad:
        yield _bad(path, bad)
    if large:
        yield _large(path, large)


def _what_is_wrong(census: Census, tensor: TensorInfo, sight: Sight) -> str:
    if sight.not_finite:
        return "NaN or infinite"
    if sight.negative:
        return "negative"
    if sight.zeros < sight.values:
        return ""
    weight = scaled_weight(census.header, tensor.name)
    seen = census.sights.get(weight.name) if weight is not None else None
    # A zero matrix has a zero scale; the matrix is reported, not its scale.
    return "" if seen is not None and seen.is_zero else "zero"


def _reach(census: Census, tensor: TensorInfo, sight: Sight) -> float:
    """The largest weight that scale and values make together; 0 where there is none to tell."""
    weight = scaled_weight(census.header, tensor.name)
    seen = census.sights.get(weight.name) if weight is not None else None
    if weight is None or seen is None or tensor.name.endswith(OTHER_SCALES):
        return 0.0
    if tensor.name.endswith(".weight_scale_2") or weight.dtype not in (*FLOATS, "I8"):
        return 0.0
    return sight.amax * (seen.amax if weight.dtype in FLOATS else 127.0)


def _bad(path: Path, bad: dict[str, str]) -> Finding:
    name, why = next(iter(bad.items()))
    return damage(
        "fp8-scale-bad",
        path,
        f"{len(bad)} scale(s) of quantised weights are impossible, such as {quoted(name)}: {why}, "
        "expected finite and above zero",
        remedy="compare the hash with the publisher's; a right copy was quantised wrongly: take "
        "another file",
        detail=quoted(name),
        scales={quoted(key): value for key, value in list(bad.items())[:MOST_NAMES]},
    )


def _large(path: Path, large: dict[str, float]) -> Finding:
    name, reach = max(large.items(), key=lambda item: item[1])
    return damage(
        "fp8-scale-too-large",
        path,
        f"{len(large)} scale(s) make weights above 65504, such as {quoted(name)}: up to "
        f"{reach:.4g}, expected a few units",
        remedy="the file may hold reciprocal scales (weight = value / scale, as some toolkits "
        "write); use a file made for your loader",
        detail=quoted(name),
        severity=Severity.MEDIUM,
        scales={quoted(key): value for key, value in list(large.items())[:MOST_NAMES]},
    )
