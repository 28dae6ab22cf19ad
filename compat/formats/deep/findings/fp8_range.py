"""fp8 weights that fill the whole range of their type, in a file without scales."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from compat.core.model import Confidence, Finding, Severity
from compat.formats.deep.census import Census
from compat.formats.deep.float_bits import FLOATS
from compat.formats.deep.tensor_kind import is_matrix
from compat.formats.quantisation import quantisation_of
from compat.formats.wording import damage, quoted

FEWEST_MATRICES = 4
FEWEST_VALUES = 1024
"""Matrices with fewer values may be scales or tables themselves."""

SHARE = 0.9
"""Share of fp8 matrices that must reach the end of the range: converters treat all alike, but for
a few that they leave out."""

FULL_RANGE = 0.5
"""Share of the largest value that counts as full: scales of amax / 448 bring every matrix to 448,
scales that are powers of two to between 224 and 448. Unscaled weights are cast as they are, and
matrices of trained networks end anywhere, most below 4."""


def fp8_range(path: Path, census: Census) -> Iterator[Finding]:
    """Such weights were scaled up, and the scales to bring them down again are gone."""
    quantisation = quantisation_of(census.header)
    if quantisation.scales or quantisation.markers or not census.complete:
        return
    matrices = [
        (tensor, sight)
        for tensor, sight in census.seen()
        if tensor.dtype.startswith(("F8_E4M3", "F8_E5M2"))
        and is_matrix(tensor)
        and sight.values >= FEWEST_VALUES
        and not sight.is_zero
        and not sight.foreign_bytes
    ]
    full = [(t, s) for t, s in matrices if s.amax > FULL_RANGE * _largest(t.dtype)]
    if len(full) < max(FEWEST_MATRICES, SHARE * len(matrices)):
        return
    tensor, sight = full[0]
    finding = damage(
        "fp8-unscaled-range",
        path,
        f"{len(full)} of {len(matrices)} fp8 matrices reach the end of the range, such as "
        f"{quoted(tensor.name)} ({sight.amax:g} of {_largest(tensor.dtype):g}), and the file has "
        "no scales: they were scaled and cannot be scaled back",
        remedy="use the publisher's own file, which has the scales, or a bf16 file",
        detail=quoted(tensor.name),
        severity=Severity.MEDIUM,
        full_range=len(full),
        fp8_matrices=len(matrices),
        amax={quoted(t.name): s.amax for t, s in full[:16]},
    )
    yield replace(finding, confidence=Confidence.MEDIUM)


def _largest(dtype: str) -> float:
    bits = FLOATS[dtype]
    return bits.value(bits.largest)
