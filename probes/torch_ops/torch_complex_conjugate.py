"""Parts of conjugated complex numbers."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-complex-conjugate",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_complex_conjugate(session: Session) -> Iterator[Finding]:
    """The imaginary part of a conjugate has its sign turned.

    Conjugation is lazy: a flag on the view that every kernel has to honour. On MPS the imaginary
    part of a conjugate kept its sign (pytorch#184379). Audio models that transform spectra meet
    this. Use resolve_conj(), or run that part on the processor.
    """
    inputs = [sample(6, 10, 2, seed=1)]
    yield from agrees(session, "parts of a conjugate", inputs, _conjugate, dtypes=("float32",))


def _conjugate(pairs: Any) -> Any:
    import torch

    conjugate = torch.view_as_complex(pairs).conj()
    return torch.stack((conjugate.real, conjugate.imag), dim=-1)
