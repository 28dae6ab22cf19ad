"""A layer whose weights stayed behind on another device."""

from collections.abc import Iterator
from typing import Any

from compat.backends.backend import torch_name
from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import error_eps, limit_eps, on_host, sample, untouched


@probe(
    "components-on-two-devices",
    family="scripts",
    needs=Needs(modules=("torch",), devices=("cuda", "mps")),
)
def components_on_two_devices(session: Session) -> Iterator[Finding]:
    """A layer on the processor takes what comes from the device.

    A text encoder or a table of positions that was not moved raises in the first step. Look at the
    device of every parameter and buffer before the render, and use the pipeline's own ``to`` or
    offloading.
    """
    import torch

    layer = torch.nn.Linear(8, 8)
    tokens = sample(2, 8, seed=1).to(torch_name(session.target.device))
    refusal = attempt(lambda: layer(tokens))[1]
    if refusal:
        yield fault(
            session,
            "devices-mixed-refused",
            f"a linear layer on cpu refuses input from {session.target.device}: {refusal}",
            severity=Severity.MEDIUM,
            remedy="move every component, text encoders and buffers too, or let the pipeline do it",
        )
    yield from _after_the_move(session, layer, tokens)


def _after_the_move(session: Session, layer: Any, tokens: Any) -> Iterator[Finding]:
    moved, refusal = attempt(lambda: on_host(layer.to(tokens.device)(tokens)))
    if refusal:
        yield fault(session, "move-refused", f"the layer is refused after its move: {refusal}")
        return
    with untouched():
        weight, bias = (on_host(part).double() for part in (layer.weight, layer.bias))
        error = error_eps(moved, on_host(tokens).double() @ weight.t() + bias, "float32")
    limit = limit_eps(session, "float32")
    if error > limit:
        text = f"the layer is off by {error:.3g} eps after its move, expected at most {limit:g}"
        yield fault(session, "move-wrong", text)
