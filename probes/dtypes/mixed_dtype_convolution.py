"""A convolution whose input has another dtype than its weights."""

from collections.abc import Iterator, Sequence
from typing import Any

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import error_eps, on_device, on_host, sample, untouched


@probe(
    "mixed-dtype-convolution",
    family="dtypes",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def mixed_dtype_convolution(session: Session) -> Iterator[Finding]:
    """A convolution takes float32 latents with bfloat16 weights.

    A sampler that returns float32 in front of a bfloat16 upscaler or decoder raises, after all the
    denoising. Cast where the call is made: ``latents.to(next(module.parameters()).dtype)``; casting
    in the loader does not help, because the dtype that arrives is decided at run time.
    """
    import torch

    with untouched():
        tensors = [
            sample(1, 4, 3, 8, 8, seed=1),
            sample(4, 4, 1, 3, 3, seed=2).bfloat16(),
            sample(4, seed=3).bfloat16(),
        ]
    latents, weight, bias = (on_device(tensor, session) for tensor in tensors)
    refusal = attempt(lambda: torch.nn.functional.conv3d(latents, weight, bias))[1]
    if refusal:
        yield fault(
            session,
            "mixed-dtypes-refused",
            f"conv3d of float32 with bfloat16 weights is refused: {refusal}",
            severity=Severity.MEDIUM,
            remedy="cast the input to the dtype of the weights at the call",
        )
    yield from _after_a_cast(session, tensors)


def _after_a_cast(session: Session, tensors: Sequence[Any]) -> Iterator[Finding]:
    result, refusal = attempt(lambda: on_host(_cast(*(on_device(t, session) for t in tensors))))
    if refusal:
        text = f"conv3d in bfloat16 is refused after the cast: {refusal}"
        yield fault(session, "cast-convolution-refused", text)
        return
    with untouched():
        # The cast is part of the question: a device may round it wrongly.
        latents, *kernel = tensors
        reference = _cast(latents.bfloat16().double(), *(tensor.double() for tensor in kernel))
        error = error_eps(result, reference, "bfloat16")
    # The limit of probes.numerics for the halves; written so that NaN is refused too.
    if not error <= 4.0:
        text = f"conv3d in bfloat16 is off by {error:.3g} eps after the cast, expected at most 4"
        yield fault(session, "cast-convolution-wrong", text)


def _cast(latents: Any, weight: Any, bias: Any) -> Any:
    import torch

    return torch.nn.functional.conv3d(latents.to(weight.dtype), weight, bias)
