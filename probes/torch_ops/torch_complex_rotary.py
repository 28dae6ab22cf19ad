"""Rotary embedding as a product of complex numbers."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-complex-rotary",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_complex_rotary(session: Session) -> Iterator[Finding]:
    """Multiplying by complex rotations in complex64 is right.

    Wan's own code and diffusers before 0.34 turn queries into complex numbers and multiply. Where a
    device drops the imaginary part or reads views of pairs wrongly, every position in the video is
    lost. Use a diffusers whose rotary embedding is real (0.34 and later).
    """
    inputs = [sample(2, 10, 3, 16, seed=1), sample(10, 1, 8, seed=2)]
    yield from agrees(session, "complex rotary embedding", inputs, _rotated, dtypes=("float32",))


def _rotated(query: Any, angles: Any) -> Any:
    import torch

    pairs = torch.view_as_complex(query.unflatten(-1, (-1, 2)))
    turned = pairs * torch.polar(torch.ones_like(angles), angles)
    return torch.view_as_real(turned).flatten(-2)
