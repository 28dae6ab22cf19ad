"""Each attention back end that diffusers can be switched to."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import LIMIT_EPS, error_eps, on_device, on_host, sample

# Those that fetch their kernel from the hub, or are for chips that framegate does not ask about.
_LEFT_OUT = ("hub", "npu", "xla", "varlen")
# Largest error relative to the largest value, for back ends that keep queries and keys in 8 bits
# (sage). Rounding these tokens to int8, by token or by head, gives 0.012 and 0.038 in plain torch;
# no card was asked. The others have the limit of a single operation.
QUANTISED_LIMIT = 0.05


@probe(
    "diffusers-attention",
    family="attention",
    needs=Needs(
        modules=("torch", "diffusers"), devices=("cpu", "cuda", "mps"), level=Level.STANDARD
    ),
)
def diffusers_attention(session: Session) -> Iterator[Finding]:
    """Every attention back end that diffusers offers here gives the right numbers.

    ``transformer.set_attention_backend("sage")`` and the variable DIFFUSERS_ATTN_BACKEND choose
    among them. One that is not installed or not for this device stands in the measures with the
    words of diffusers; one that is taken and computes wrong is a fault, since the render is black
    or noise without a word. The plain one ("native") has to work.
    """
    from diffusers.models.attention_dispatch import AttentionBackendName

    for backend in AttentionBackendName:
        if any(word in backend.value for word in _LEFT_OUT):
            continue
        for dtype in ("bfloat16", "float16"):
            result, refusal = attempt(partial(_alone, session, backend, dtype))
            session.measure(f"{backend.value} {dtype}", refusal or "offered")
            if result is not None:
                yield from _checked(session, backend.value, dtype, result)
            elif backend is AttentionBackendName.NATIVE:
                text = f"diffusers' plain attention in {dtype} is refused: {refusal}"
                yield fault(session, "no-attention-backend", text)


def _tokens(dtype: str) -> Sequence[Any]:
    """Queries, keys and values in the order of diffusers: clip, token, head, channel."""
    import torch

    return [sample(2, 72, 4, 64, seed=seed).to(getattr(torch, dtype)) for seed in (1, 2, 3)]


def _alone(session: Session, backend: Any, dtype: str) -> Any:
    import warnings

    from diffusers.models import attention_dispatch

    # As set_attention_backend does it: this says what is not installed.
    attention_dispatch._check_attention_backend_requirements(backend)
    tokens = [on_device(tensor, session) for tensor in _tokens(dtype)]
    with warnings.catch_warnings():
        # torch warns about each reason why a back end is not offered, and then raises.
        warnings.simplefilter("ignore")
        return on_host(attention_dispatch.dispatch_attention_fn(*tokens, backend=backend))


def _checked(session: Session, name: str, dtype: str, result: Any) -> Iterator[Finding]:
    import torch

    heads_first = [tensor.double().transpose(1, 2) for tensor in _tokens(dtype)]
    plain = torch.nn.functional.scaled_dot_product_attention(*heads_first)
    reference = plain.transpose(1, 2)
    limit = (
        QUANTISED_LIMIT / torch.finfo(getattr(torch, dtype)).eps
        if "sage" in name
        else LIMIT_EPS[dtype]
    )
    if result.shape != reference.shape:
        problem = f"gives shape {tuple(result.shape)}, expected {tuple(reference.shape)}"
        text = f"diffusers' attention by {name} in {dtype} {problem}"
        yield fault(session, "attention-backend-wrong", text)
        return
    error = error_eps(result, reference, dtype)
    session.measure(f"error_eps {name} {dtype}", round(error, 3))
    # Written so that NaN is refused too.
    if not error <= limit:
        text = (
            f"diffusers' attention by {name} in {dtype} is off by {error:.3g} eps, expected at "
            f"most {limit:g}"
        )
        yield fault(session, "attention-backend-wrong", text, evidence={"error_eps": error})
