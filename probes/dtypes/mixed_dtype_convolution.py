"""A convolution whose input has another dtype than its weights."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import error_eps, on_device, on_host, sample


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

    latents = on_device(sample(1, 4, 3, 8, 8, seed=1), session)
    weight = on_device(sample(4, 4, 1, 3, 3, seed=2).bfloat16(), session)
    bias = on_device(sample(4, seed=3).bfloat16(), session)
    refusal = attempt(lambda: torch.nn.functional.conv3d(latents, weight, bias))[1]
    if refusal:
        yield fault(
            session,
            "mixed-dtypes-refused",
            f"conv3d of float32 with bfloat16 weights is refused: {refusal}",
            severity=Severity.MEDIUM,
            remedy="cast the input to the dtype of the weights at the call",
        )
    yield from _after_a_cast(session, latents, weight, bias)


def _after_a_cast(session: Session, latents: Any, weight: Any, bias: Any) -> Iterator[Finding]:
    import torch

    convolve = torch.nn.functional.conv3d
    cast = latents.to(weight.dtype)
    result, refusal = attempt(lambda: convolve(cast, weight, bias))
    if refusal:
        text = f"conv3d in bfloat16 is refused after the cast: {refusal}"
        yield fault(session, "cast-convolution-refused", text)
        return
    reference = convolve(*(on_host(tensor).double() for tensor in (cast, weight, bias)))
    error = error_eps(on_host(result), reference, "bfloat16")
    # The limit of probes.numerics for the halves; written so that NaN is refused too.
    if not error <= 4.0:
        text = f"conv3d in bfloat16 is off by {error:.3g} eps after the cast, expected at most 4"
        yield fault(session, "cast-convolution-wrong", text)
