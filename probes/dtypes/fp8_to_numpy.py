"""Handing 8-bit floats to numpy as they are."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault


@probe(
    "fp8-to-numpy",
    family="dtypes",
    needs=Needs(modules=("torch", "numpy")),
)
def fp8_to_numpy(session: Session) -> Iterator[Finding]:
    """Weights in 8-bit floats turn into numpy arrays as they are.

    numpy has no 8-bit floats, so scripts that inspect or convert checkpoints through numpy raise.
    Look at the bytes with ``weight.view(torch.uint8).numpy()``, at the values with
    ``weight.float().numpy()``.
    """
    import torch

    for dtype in (torch.float8_e4m3fn, torch.float8_e5m2):
        weight = torch.full((4, 4), 1.5).to(dtype)
        name = str(dtype).removeprefix("torch.")
        refusal = attempt(weight.numpy)[1]
        if refusal:
            yield fault(
                session,
                "fp8-numpy-refused",
                f"weight.numpy() on {name} is refused: {refusal}",
                severity=Severity.MEDIUM,
                remedy="convert with weight.float() or look at weight.view(torch.uint8)",
            )
        # 1.5 is 0x3c in e4m3 and 0x3e in e5m2 (OCP 8-bit floating point 1.0).
        code = 0x3C if dtype is torch.float8_e4m3fn else 0x3E
        yield from _cure(session, f"weight.float() of {name}", weight.float(), 1.5)
        yield from _cure(session, f"weight.view(uint8) of {name}", weight.view(torch.uint8), code)


def _cure(session: Session, case: str, weight: Any, meant: float) -> Iterator[Finding]:
    array, words = attempt(weight.numpy)
    if words:
        yield fault(session, "fp8-cure-refused", f"the way around by {case} is refused: {words}")
    elif array is not None and not (array == meant).all():
        text = f"the way around by {case} gives {array.flat[0]}, expected {meant:g}"
        yield fault(session, "fp8-cure-wrong", text)
