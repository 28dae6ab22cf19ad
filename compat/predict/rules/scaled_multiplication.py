"""Products of fp8 values with scales, which only some devices have."""

from collections.abc import Iterator

from compat.backends.dtype_facts import Answer, takes
from compat.core.model import Finding
from compat.predict.model import Asked, Expected, OpSeen, Seen
from compat.predict.rule import found, rule
from compat.predict.sizes import plain_name


@rule("scaled-multiplication")
def scaled_multiplication(seen: Seen, asked: Asked) -> Iterator[Finding]:
    """``_scaled_mm`` is refused below compute capability 8.9, and on MPS before torch 2.15.

    AMD's cards take one of the two kinds of fp8, or none.
    """
    ops = [op for op in seen.ops if plain_name(op).startswith("_scaled_mm")]
    for dtype in sorted({_dtype(op) for op in ops} - {""}):
        known = takes(
            asked.kind, dtype, what="scaled-mm", versions=asked.versions,
            capability=asked.capability, arch=asked.arch,
        )  # fmt: skip
        if known.answer is Answer.NO:
            yield found(
                "scaled-multiplication",
                Expected.FAILS,
                [op for op in ops if _dtype(op) == dtype],
                f"multiplies {dtype} values with scales, which {asked.name} has no kernel for",
                remedy="have the weights converted to bfloat16 before the product "
                "(layer-wise casting), or take a card that has them (compute capability 8.9, "
                "gfx950, gfx12)",
                error=known.error,
                source=known.source,
            )


def _dtype(op: OpSeen) -> str:
    return op.inputs[0].dtype if op.inputs else ""
