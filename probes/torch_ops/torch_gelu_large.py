"""The tanh form of GELU for large values."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-gelu-large",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_gelu_large(session: Session) -> Iterator[Finding]:
    """GELU in its tanh form stays finite for large values.

    The feed-forward layers of LTX, Wan and T5 use this form. It cubes its input, which leaves
    float16 from 41 on, and a tanh made of exponentials returns NaN from about 44. Use bfloat16
    where this is wrong.
    """
    values = [sample(64, 32, seed=1) * 30]
    yield from agrees(session, "gelu (tanh) of values up to 100", values, _gelu)
    # The error counts against the largest value: among large ones that of the bend is lost.
    yield from agrees(session, "gelu (tanh) of small values", [sample(64, 32, seed=2)], _gelu)


def _gelu(values: Any) -> Any:
    import torch

    return torch.nn.functional.gelu(values, approximate="tanh")
