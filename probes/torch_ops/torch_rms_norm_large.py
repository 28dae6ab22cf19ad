"""Root-mean-square normalisation of large values."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-rms-norm-large",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_rms_norm_large(session: Session) -> Iterator[Finding]:
    """Root-mean-square normalisation is right for values whose squares leave float16.

    Activations of large video models reach hundreds. Squared in float16 they pass 65504 and the
    norm turns them into zeros, without an error. Norms have to compute in float32; use bfloat16
    where this is wrong.
    """
    inputs = [sample(2, 20, 64, seed=1) * 4 + 400, sample(64, seed=2)]
    yield from agrees(session, "rms norm of values around 400", inputs, _norm)


def _norm(tokens: Any, weight: Any) -> Any:
    import torch

    return torch.nn.functional.rms_norm(tokens, (64,), weight, eps=1e-6)
