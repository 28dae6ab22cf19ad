"""8-bit floats as storage: written, read back, and checked against their definition."""

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_device, on_host, untouched

# (exponent bits, mantissa bits, bias, largest finite value) of OCP 8-bit floating point 1.0.
_FORMATS = {"float8_e4m3fn": (4, 3, 7, 448.0), "float8_e5m2": (5, 2, 15, 57344.0)}
_SOURCES = ("float32", "bfloat16", "float16")


@probe(
    "fp8-storage",
    family="dtypes",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def fp8_storage(session: Session) -> Iterator[Finding]:
    """Weights survive storage as 8-bit floats.

    Quantised checkpoints keep e4m3 or e5m2 and compute in bfloat16. MPS knows no 8-bit float up to
    torch 2.14, and e4m3 only from 2.15 (pytorch#194074); the error then comes after the whole
    checkpoint was read. Where this fails, use bfloat16 or GGUF weights.
    """
    for name in _FORMATS:
        refusal = attempt(partial(_decoded, session, name))[1]
        if refusal:
            yield fault(session, "fp8-refused", f"{name} cannot be stored here: {refusal}")
            continue
        yield from _codes_that_change(session, name)
        for source in _SOURCES:
            yield from _values_that_round_wrong(session, name, source)
        yield from _values_beyond_the_range(session, name)


def definition(name: str) -> tuple[float, ...]:
    """What each of the 256 codes of the format means, from the definition alone."""
    exponent_bits, mantissa_bits, bias, largest = _FORMATS[name]
    values = []
    for code in range(256):
        sign = -1.0 if code >> 7 else 1.0
        exponent = (code >> mantissa_bits) & (2**exponent_bits - 1)
        fraction = (code & (2**mantissa_bits - 1)) / 2**mantissa_bits
        scaled = (1 + fraction if exponent else fraction) * 2.0 ** (max(exponent, 1) - bias)
        beyond = math.inf if name == "float8_e5m2" and fraction == 0 else math.nan
        values.append(sign * (scaled if scaled <= largest else beyond))
    return tuple(values)


def _codes_that_change(session: Session, name: str) -> Iterator[Finding]:
    decoded = _decoded(session, name)
    with untouched():
        found = [float(value) for value in decoded]
    wrong = [
        code
        for code, (value, meant) in enumerate(zip(found, definition(name), strict=True))
        if value != meant and not (math.isnan(value) and math.isnan(meant))
    ]
    if wrong:
        text = (
            f"{len(wrong)} of 256 codes of {name} read back wrong, the first is {wrong[0]:#04x}: "
            f"{found[wrong[0]]}, expected {definition(name)[wrong[0]]}"
        )
        yield fault(session, "fp8-wrong", text)


def _values_that_round_wrong(session: Session, name: str, source: str) -> Iterator[Finding]:
    values = _values(name, source)
    found, refusal = attempt(lambda: _rounded(session, name, values))
    if found is None:
        text = f"{source} cannot be converted to {name}: {refusal}"
        yield fault(session, "fp8-refused", text)
        return
    with untouched():
        off = int((found.double() != _nearest(values.double(), name)).sum())
    if off:
        text = f"{off} of {len(values)} values of {source} do not round to the nearest {name}"
        yield fault(session, "fp8-wrong", text)


def _values_beyond_the_range(session: Session, name: str) -> Iterator[Finding]:
    """Beyond its range e4m3 gives NaN (torch up to 2.12) or 448, e5m2 infinity or 57344."""
    largest = _FORMATS[name][3]
    for value in (2 * largest, -1e5):
        told = float(_rounded(session, name, _one(value))[0])
        session.measure(f"{name} of {value:g}", str(told))
        if not math.isnan(told) and (abs(told) < largest or told * value < 0):
            text = f"{value:g} becomes {told:g} in {name}, expected NaN, infinity or {largest:g}"
            yield fault(session, "fp8-overflow-wrong", text)


def _decoded(session: Session, name: str) -> Any:
    import torch

    with untouched():
        codes = torch.arange(256, dtype=torch.uint8).view(getattr(torch, name))
    return on_host(on_device(codes, session).to(torch.float32))


def _rounded(session: Session, name: str, values: Any) -> Any:
    import torch

    stored = on_device(values, session).to(getattr(torch, name))
    return on_host(stored.to(torch.float32))


def _values(name: str, source: str) -> Any:
    """Values over the whole range of the format, both signs, and all the middles between two."""
    import torch

    with untouched():
        grid = _grid(name)
        smallest, largest = float(grid[1]), float(grid[-1])
        spread = torch.logspace(
            math.log2(smallest / 8), math.log2(largest), 3000, base=2.0, dtype=torch.float64
        )
        both = torch.cat([spread.clamp(max=largest), (grid[1:] + grid[:-1]) / 2])
        return torch.cat([both, -both]).to(getattr(torch, source))


def _grid(name: str) -> Any:
    import torch

    finite = [value for value in definition(name)[:128] if math.isfinite(value)]
    return torch.tensor(finite, dtype=torch.float64)


def _nearest(values: Any, name: str) -> Any:
    """Round to the nearest value of the format, ties to the even code, in float64."""
    import torch

    grid = _grid(name)
    above = torch.searchsorted(grid, values.abs()).clamp(1, len(grid) - 1)
    low, high = grid[above - 1], grid[above]
    middle = (low + high) / 2
    up = (values.abs() > middle) | ((values.abs() == middle) & (above % 2 == 0))
    return torch.where(up, high, low) * values.sign()


def _one(value: float) -> Any:
    import torch

    with untouched():
        return torch.tensor([value])
