"""Matrix products of 8-bit floats with scales."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import error_eps, on_device, on_host, sample, untouched

# Sums of 64 products of e4m3 values are exact in float32; the result is rounded once to bfloat16.
_LIMIT_EPS = 4.0

# Their product is not 1: a device that ignores both would else be right.
_SCALES = (0.5, 3.0)


@probe(
    "fp8-scaled-matmul",
    family="dtypes",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def fp8_scaled_matmul(session: Session) -> Iterator[Finding]:
    """Products of 8-bit floats are computed on this device.

    Fast fp8 (``--fast fp8_matrix_mult``, fp8-scaled-mm) needs CUDA capability 8.9 or 9.0 and up;
    older cards and MPS up to torch 2.14 store fp8 but cannot multiply it. Use fp8 as storage alone
    (layer-wise casting), or GGUF, where this fails.
    """
    import torch

    with untouched():
        left = sample(32, 64, seed=1).to(torch.float8_e4m3fn)
        right = sample(48, 64, seed=2).to(torch.float8_e4m3fn)
    result, refusal = attempt(lambda: on_host(_scaled(session, left, right)))
    if refusal:
        yield fault(
            session,
            "fp8-matmul-refused",
            f"a scaled matmul of float8_e4m3fn is refused: {refusal}",
            severity=Severity.MEDIUM,
            remedy="use fp8 as storage only and compute in bfloat16",
        )
        return
    with untouched():
        reference = (left.double() * _SCALES[0]) @ (right.double().t() * _SCALES[1])
        error = error_eps(result, reference, "bfloat16")
    session.measure("error_eps", round(error, 3))
    # Written so that NaN is refused too.
    if not error <= _LIMIT_EPS:
        text = f"a scaled matmul of float8_e4m3fn is off by {error:.3g} eps, expected at most 4"
        yield fault(session, "fp8-matmul-wrong", text)


def _scaled(session: Session, left: Any, right: Any) -> Any:
    import torch

    scales = [on_device(torch.tensor(value), session) for value in _SCALES]
    return torch._scaled_mm(
        on_device(left, session),
        on_device(right, session).t(),
        scale_a=scales[0],
        scale_b=scales[1],
        out_dtype=torch.bfloat16,
    )
