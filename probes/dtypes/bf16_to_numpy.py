"""Handing bfloat16 frames to numpy as they are."""

from collections.abc import Iterator

from compat.backends.backend import torch_name
from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault


@probe(
    "bf16-to-numpy",
    family="dtypes",
    needs=Needs(modules=("torch", "numpy"), devices=("cpu", "cuda", "mps")),
)
def bf16_to_numpy(session: Session) -> Iterator[Finding]:
    """Frames in bfloat16 turn into numpy arrays as they are.

    numpy has no bfloat16, so ``frames.cpu().numpy()`` raises: after the whole render, when the
    frames are to be saved. Convert first, with ``frames.float().cpu().numpy()``; the probe
    bf16-save-path shows that this works.
    """
    import torch

    frames = torch.zeros(2, 4, 4, 3, dtype=torch.bfloat16, device=torch_name(session.target.device))
    refusal = attempt(lambda: frames.cpu().numpy())[1]
    if refusal:
        yield fault(
            session,
            "bf16-numpy-refused",
            f"frames.cpu().numpy() on bfloat16 is refused: {refusal}",
            severity=Severity.MEDIUM,
            remedy="convert with frames.float() before .numpy()",
        )
