"""Double precision on the device."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compat.backends.backend import torch_name
from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_host, untouched


@probe(
    "float64",
    family="dtypes",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def float64(session: Session) -> Iterator[Finding]:
    """Double precision can be created and computed on the device.

    LTX-2 in diffusers builds its rotary embedding in float64 by default (rope_double_precision),
    on the device that renders. MPS has no float64 and raises. Set rope_double_precision to false
    in the transformer's config, or build such tables on the processor.
    """
    for case, (action, expected) in _cases(torch_name(session.target.device)).items():
        value, refusal = attempt(action)
        if refusal:
            yield fault(session, "float64-refused", f"{case} is refused: {refusal}")
        elif (found := on_host(value).tolist()) != expected:
            text = f"{case} gives {found}, expected {expected}"
            yield fault(session, "float64-wrong", text)


def _cases(device: str) -> Mapping[str, tuple[Callable[[], Any], list[float]]]:
    import torch

    double = torch.float64
    with untouched():
        # 2^53 - 1 is the last odd number that float64 holds and float32 does not.
        exact = torch.tensor([2.0**53 - 1, 0.5], dtype=double)
    return {
        "torch.zeros in float64": (
            lambda: torch.zeros(2, dtype=double, device=device),
            [0.0, 0.0],
        ),
        "torch.linspace in float64": (
            lambda: torch.linspace(0, 1, 5, dtype=double, device=device),
            [0.0, 0.25, 0.5, 0.75, 1.0],
        ),
        "copying float64 to the device": (lambda: exact.to(device), [2.0**53 - 1, 0.5]),
        "adding in float64": (lambda: exact.to(device) + exact.to(device), [2.0**54 - 2, 1.0]),
    }
