"""Handing 8-bit floats to numpy as they are."""

from collections.abc import Iterator

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
        weight = torch.zeros(4, 4).to(dtype)
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
        for cure in (weight.float(), weight.view(torch.uint8)):
            if words := attempt(cure.numpy)[1]:
                yield fault(session, "fp8-cure-refused", f"the way around for {name}: {words}")
