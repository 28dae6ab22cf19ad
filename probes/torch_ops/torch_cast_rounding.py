"""Rounding float32 to halves on the device."""

import struct
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import HALVES, on_device, on_host, sample, untouched


@probe(
    "torch-cast-rounding",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_cast_rounding(session: Session) -> Iterator[Finding]:
    """Casting float32 to a half rounds to the nearest, ties to even.

    Every step of a render casts between float32 and halves. A kernel that cuts the digits instead
    drifts the same way at each step and makes pictures darker; one that stops at 65504 hides an
    overflow. The reference is the definition of both types (IEEE 754), computed bit by bit.
    """
    values = _values()
    for dtype in HALVES:
        result, refusal = attempt(partial(_cast, session, values, dtype))
        if result is None:
            text = f"a cast of float32 to {dtype} is refused: {refusal}"
            yield fault(session, "operation-refused", text)
            continue
        with untouched():
            found = [hex(bits & 0xFFFF) for bits in result.tolist()]
        meant = [hex(_ROUNDED[dtype](value)) for value in values]
        wrong = [n for n, (a, b) in enumerate(zip(found, meant, strict=True)) if a != b]
        session.measure(f"wrong_values {dtype}", len(wrong))
        if wrong:
            first = wrong[0]
            text = (
                f"{len(wrong)} of {len(values)} casts of float32 to {dtype} differ, the first is "
                f"{values[first]!r}: {found[first]}, expected {meant[first]}"
            )
            yield fault(session, "operation-wrong", text)


def _values() -> Sequence[float]:
    """Float32 values of many sizes, exact middles between two halves, and some beyond float16."""
    import torch

    with untouched():
        normal = sample(500, seed=1)
        sizes = torch.exp2(torch.linspace(-13, 15, 500))
        middles = 1 + torch.arange(1, 40, 2) * 2.0**-8
        fine = 1 + torch.arange(1, 40, 2) * 2.0**-11
        special = torch.tensor([65504.0, 65519.0, 65520.0, 1e6, 0.0])
        all_of_them = torch.cat([normal * sizes, middles, fine, special])
        return [float(v) for v in torch.cat([all_of_them, -all_of_them])]


def _cast(session: Session, values: Sequence[float], dtype: str) -> Any:
    import torch

    with untouched():
        given = torch.tensor(values, dtype=torch.float32)
    result = on_host(on_device(given, session).to(getattr(torch, dtype)))
    with untouched():
        return result.view(torch.int16)


def _to_bfloat16(value: float) -> int:
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16


def _to_float16(value: float) -> int:
    # struct refuses what rounds to infinity, from halfway between 65504 and 65536 on.
    if abs(value) >= 65520:
        return 0x7C00 if value > 0 else 0xFC00
    return int(struct.unpack("<H", struct.pack("<e", value))[0])


_ROUNDED = {"bfloat16": _to_bfloat16, "float16": _to_float16}
