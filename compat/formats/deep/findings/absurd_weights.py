"""Single weights far beyond anything trained: flipped bits, mostly."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding
from compat.formats.deep.census import Census
from compat.formats.deep.ggml_scales import LAYOUTS
from compat.formats.deep.tensor_kind import is_matrix, is_scale
from compat.formats.wording import damage, quoted

MOST_NAMES = 16

WEIGHT_NAMES = ("weight", "lora_A", "lora_B", "lora_up", "lora_down", "kernel")
"""Masks and statistics may hold the lowest number of their type; what is called so is a weight."""


def absurd_weights(path: Path, census: Census) -> Iterator[Finding]:
    """One flipped bit of an exponent makes 0.02 into 7e36, and noise of every picture."""
    absurd = [
        (tensor, sight)
        for tensor, sight in census.seen()
        if sight.beyond
        and is_matrix(tensor)
        and tensor.name.endswith(WEIGHT_NAMES)
        and tensor.dtype not in LAYOUTS
        and not sight.foreign_bytes
        and not is_scale(tensor.name)
    ]
    if not absurd:
        return
    tensor, _ = max(absurd, key=lambda seen: seen[1].beyond)
    yield damage(
        "weights-absurd",
        path,
        f"{sum(seen.beyond for _, seen in absurd)} weights in {len(absurd)} tensor(s) are above "
        f"8.6e9, up to {max(seen.amax for _, seen in absurd):.3g}, expected a few units; most in "
        f"{quoted(tensor.name)}",
        remedy="download again and compare the hash; single values of this kind come from flipped "
        "bits: check the disk and the memory where it happens twice",
        detail=quoted(tensor.name),
        largest=max(seen.amax for _, seen in absurd),
        tensors={quoted(t.name): s.beyond for t, s in absurd[:MOST_NAMES]},
    )
