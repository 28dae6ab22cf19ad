"""Each of torch's attention back ends by itself."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import error_eps, limit_eps, on_device, on_host, sample, untouched


@probe(
    "sdpa-backends",
    family="attention",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def sdpa_backends(session: Session) -> Iterator[Finding]:
    """Every attention back end that this device offers gives the right numbers.

    torch chooses between flash, memory-efficient, cuDNN and plain attention by shape and dtype, so
    a preview and the full render may take different ones. What is not offered here is no fault and
    stands in the measures; at least the plain one has to work.
    """
    from torch.nn.attention import SDPBackend

    backends = [
        b for b in SDPBackend.__members__.values() if b.name not in ("ERROR", "OVERRIDEABLE")
    ]
    offered = 0
    for backend in backends:
        for dtype in ("float32", "bfloat16"):
            result, refusal = attempt(partial(_alone, session, backend, dtype))
            session.measure(f"{backend.name} {dtype}", refusal or "offered")
            if refusal:
                continue
            offered += 1
            yield from _checked(session, backend.name, dtype, result)
    if not offered:
        yield fault(session, "no-attention-backend", "no attention back end works on this device")


def _tokens(dtype: str) -> Sequence[Any]:
    import torch

    with untouched():
        return [sample(2, 4, 72, 64, seed=seed).to(getattr(torch, dtype)) for seed in (1, 2, 3)]


def _alone(session: Session, backend: Any, dtype: str) -> Any:
    import warnings

    import torch
    from torch.nn.attention import sdpa_kernel

    tokens = [on_device(tensor, session) for tensor in _tokens(dtype)]
    with sdpa_kernel(backend), warnings.catch_warnings():
        # torch warns about each reason why a back end is not offered, and then raises.
        warnings.simplefilter("ignore")
        return on_host(torch.nn.functional.scaled_dot_product_attention(*tokens))


def _checked(session: Session, name: str, dtype: str, result: Any) -> Iterator[Finding]:
    import torch

    attend = torch.nn.functional.scaled_dot_product_attention
    with untouched():
        reference = attend(*(tensor.double() for tensor in _tokens(dtype)))
        error = error_eps(result, reference, dtype)
    # Written so that NaN is refused too.
    limit = limit_eps(session, dtype)
    if not error <= limit:
        text = (
            f"attention by {name} in {dtype} is off by {error:.3g} eps, expected at most {limit:g}"
        )
        yield fault(session, "attention-backend-wrong", text, evidence={"error_eps": error})
