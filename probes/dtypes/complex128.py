"""Double-precision complex numbers on the device."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compat.backends.backend import torch_name
from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_host, untouched


@probe(
    "complex128",
    family="dtypes",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def complex128(session: Session) -> Iterator[Finding]:
    """Double-precision complex numbers can be copied, multiplied and joined on the device.

    Rotary embeddings of older Wan code (diffusers before 0.34) are complex128. On MPS the copy may
    succeed and the first operation fail (pytorch#176981, pytorch#148670). Update diffusers.
    """
    for case, (action, expected) in _cases(torch_name(session.target.device)).items():
        value, refusal = attempt(action)
        if refusal:
            yield fault(session, "complex128-refused", f"{case} is refused: {refusal}")
        elif (found := on_host(value).tolist()) != expected:
            text = f"{case} gives {found}, expected {expected}"
            yield fault(session, "complex128-wrong", text)


def _cases(device: str) -> Mapping[str, tuple[Callable[[], Any], list[complex]]]:
    import torch

    with untouched():
        # The imaginary part needs more digits than complex64 has.
        exact = torch.tensor([1 + 2j, 3 - (2.0**40 + 1) * 1j], dtype=torch.complex128)
        # A factor with an imaginary part, so that all four products count.
        factor = torch.full_like(exact, 2 + 1j)
        numbers = exact.tolist()
    return {
        "copying complex128 to the device": (lambda: exact.to(device), numbers),
        "multiplying complex128": (
            lambda: exact.to(device) * factor.to(device),
            [(2 + 1j) * number for number in numbers],
        ),
        "joining complex128": (
            lambda: torch.cat([exact.to(device), exact.to(device)]),
            numbers * 2,
        ),
    }
