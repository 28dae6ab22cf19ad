"""Attention from packages of its own, as ComfyUI and WanGP call it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.attention.diffusers_attention import QUANTISED_LIMIT
from probes.numerics import LIMIT_EPS, error_eps, on_device, on_host, sample

_PACKAGES: Mapping[str, tuple[str, str]] = {
    "sageattention": ("sageattention", "sageattn"),
    "flash-attn": ("flash_attn", "flash_attn_func"),
    "xformers": ("xformers.ops", "memory_efficient_attention"),
}


@probe(
    "attention-packages",
    family="attention",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda")),
)
def attention_packages(session: Session) -> Iterator[Finding]:
    """SageAttention, FlashAttention and xFormers give the right numbers where they are installed.

    ComfyUI (``--use-sage-attention``) and WanGP call them directly. Wrong builds for a card give
    black or noisy pictures without a word. What is not installed, or says that it is not for this
    device, stands in the measures and is no fault. Leave the option off where this fails.
    """
    for name, (module, function) in _PACKAGES.items():
        if find_spec(module.partition(".")[0]) is None:
            session.measure(name, "not installed")
            continue
        for dtype in ("bfloat16", "float16"):
            result, refusal = attempt(partial(_computed, session, module, function, dtype))
            session.measure(f"{name} {dtype}", refusal or "offered")
            if result is not None:
                yield from _checked(session, name, dtype, result)


def _tokens(dtype: str) -> Sequence[Any]:
    """Queries, keys and values: clip, token, head, channel."""
    import torch

    return [sample(2, 72, 4, 64, seed=seed).to(getattr(torch, dtype)) for seed in (1, 2, 3)]


def _computed(session: Session, module: str, function: str, dtype: str) -> Any:
    attend = getattr(import_module(module), function)
    tokens = [on_device(tensor, session) for tensor in _tokens(dtype)]
    # Only sageattn has to be told the order of the axes.
    layout = {"tensor_layout": "NHD"} if function == "sageattn" else {}
    return on_host(attend(*tokens, **layout).contiguous())


def _checked(session: Session, name: str, dtype: str, result: Any) -> Iterator[Finding]:
    import torch

    heads_first = [tensor.double().transpose(1, 2) for tensor in _tokens(dtype)]
    reference = torch.nn.functional.scaled_dot_product_attention(*heads_first).transpose(1, 2)
    error = error_eps(result, reference, dtype) if result.shape == reference.shape else float("nan")
    eps = torch.finfo(getattr(torch, dtype)).eps
    # SageAttention keeps queries and keys in 8 bits.
    limit = QUANTISED_LIMIT / eps if name == "sageattention" else LIMIT_EPS[dtype]
    session.measure(f"error_eps {name} {dtype}", round(error, 3))
    # Written so that NaN is refused too.
    if not error <= limit:
        text = f"{name} in {dtype} is off by {error:.3g} eps, expected at most {limit:g}"
        yield fault(session, "attention-package-wrong", text, evidence={"error_eps": error})
