"""What a census means: one rule after another."""

from collections.abc import Callable, Iterator
from pathlib import Path

from compat.core.model import Finding
from compat.formats.deep.census import Census
from compat.formats.deep.findings.absurd_weights import absurd_weights
from compat.formats.deep.findings.beyond_half import beyond_half
from compat.formats.deep.findings.constant_weights import constant_weights
from compat.formats.deep.findings.foreign_bytes import foreign_bytes
from compat.formats.deep.findings.fp8_range import fp8_range
from compat.formats.deep.findings.fp8_saturation import fp8_saturation
from compat.formats.deep.findings.ggml_scale_values import ggml_scale_values
from compat.formats.deep.findings.mistaken_type import mistaken_type
from compat.formats.deep.findings.not_finite import not_finite
from compat.formats.deep.findings.not_looked_at import not_looked_at
from compat.formats.deep.findings.scale_values import scale_values
from compat.formats.deep.findings.zero_holes import zero_holes
from compat.formats.deep.findings.zero_weights import zero_weights

Rule = Callable[[Path, Census], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    not_looked_at,
    foreign_bytes,
    not_finite,
    absurd_weights,
    mistaken_type,
    ggml_scale_values,
    scale_values,
    zero_holes,
    zero_weights,
    constant_weights,
    fp8_saturation,
    fp8_range,
    beyond_half,
)


def value_findings(path: Path, census: Census) -> Iterator[Finding]:
    """Everything that the values show; a file that changed while it was read shows nothing else."""
    for rule in RULES:
        yield from rule(path, census)
        if census.changed:
            return
