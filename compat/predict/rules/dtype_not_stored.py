"""Dtypes that the device cannot hold."""

from collections import defaultdict
from collections.abc import Iterator

from compat.backends.dtype_facts import Answer, takes
from compat.core.model import Finding
from compat.predict.model import Asked, Expected, OpSeen, Seen
from compat.predict.rule import found, rule

NAMES = {
    "F64": "float64", "C128": "complex128", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
    "F8_E4M3FNUZ": "float8_e4m3fnuz", "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "F8_E8M0": "float8_e8m0fnu", "F4": "float4_e2m1fn_x2",
}  # fmt: skip


@rule("dtype-not-stored")
def dtype_not_stored(seen: Seen, asked: Asked) -> Iterator[Finding]:
    """A tensor of a dtype that the device cannot hold is an error at the line that makes it.

    Only the lines where the dtype comes up are named: what follows from them would never run. MLX
    is left out: no pipeline of diffusers runs there, and a port chooses its own dtypes.
    """
    if asked.kind == "mlx":
        return
    made: dict[str, list[OpSeen]] = defaultdict(list)
    for op in seen.ops:
        before = {tensor.dtype for tensor in op.inputs}
        for dtype in {tensor.dtype for tensor in op.outputs} - before:
            made[dtype].append(op)
    for dtype, ops in sorted(made.items()):
        known = takes(
            asked.kind, dtype, what="store", versions=asked.versions,
            capability=asked.capability, arch=asked.arch,
        )  # fmt: skip
        if known.answer is Answer.NO:
            yield _finding(dtype, ops, asked, known.error, known.source)


def _finding(dtype: str, ops: list[OpSeen], asked: Asked, error: str, source: str) -> Finding:
    name = NAMES.get(dtype, dtype)
    return found(
        "dtype-not-stored",
        Expected.FAILS,
        ops,
        f"makes a {name} tensor on {asked.name}, which torch {asked.torch} cannot hold there",
        remedy=_remedy(dtype),
        dtype=dtype,
        error=error,
        source=source,
    )


def _remedy(dtype: str) -> str:
    if dtype.startswith(("F8", "F4")):
        return (
            "keep these weights as bfloat16 or float16, or take a torch that has this dtype there"
        )
    return (
        "take a newer diffusers, which may ask for 32 bits on this device, or switch double "
        "precision off in the model's config"
    )
