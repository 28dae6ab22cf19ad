"""Holds what a block of MLX computes against torch in float64, from the same file of weights."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Session, Severity
from probes.answers import attempt, fault
from probes.numerics import DTYPES, LIMIT_EPS, error_eps

# The limits of a single operation hold for a whole block too, because its last rounding dominates.
# Measured with MLX 0.32 on the processor over 200 random blocks of each of three kinds: at most 6.6
# eps in float32 and 1.3 in the halves; torch itself, in the same dtype, came to 4.4 and 1.3.

# Largest root mean square error, in eps and relative to the reference's own: a fault that shifts
# every value a little shows here, one in a corner shows in the largest. Three times what was
# measured over 100 other blocks of each kind: 2.7 eps in float32, 0.62 in the halves.
_MEAN_LIMIT_EPS = {"float32": 8.0, "float16": 2.0, "bfloat16": 2.0}

# What float32 is good for where MLX multiplies with 10 bits of mantissa (TF32), as chips with
# neural accelerators (M5) do unless MLX_ENABLE_TF32=0: float16 has as many bits.
_REDUCED_EPS = 2.0**-10

Tensors = Mapping[str, Any]
Compute = Callable[[Tensors, Tensors], Any]


def block_agrees(
    session: Session, case: str, module: Any, inputs: Tensors, compute: Compute
) -> Iterator[Finding]:
    """Yield a finding for each dtype in which ``compute`` is refused by MLX or wrong there.

    ``module`` is a module of torch that is called with ``inputs`` by name, all float32 on the
    processor. Its weights go through a safetensors file in the dtype into ``mx.load``; ``compute``
    gets them by name, and the inputs, as MLX arrays, and returns what the module would. The
    reference is the module in float64, from the same rounded weights and inputs.
    """
    import mlx.core as mx

    session.measure("computed on", str(mx.default_device()))
    for dtype in DTYPES:
        weights, rounded = _rounded(module.state_dict(), dtype), _rounded(inputs, dtype)
        reference = _reference(module, weights, rounded)
        path = Path(session.scratch) / f"{dtype}.safetensors"
        result, refusal = attempt(partial(_computed, compute, weights, rounded, path))
        if refusal:
            yield fault(session, "block-refused", f"{case} in {dtype} is refused: {refusal}")
        else:
            yield from _disagreement(session, case, dtype, result, reference)


def _rounded(tensors: Tensors, dtype: str) -> dict[str, Any]:
    import torch

    return {name: tensor.to(getattr(torch, dtype)) for name, tensor in tensors.items()}


def _reference(module: Any, weights: Tensors, inputs: Tensors) -> Any:
    import copy

    import torch

    double = copy.deepcopy(module).double()
    double.load_state_dict({name: tensor.double() for name, tensor in weights.items()})
    with torch.no_grad():
        return double(**{name: tensor.double() for name, tensor in inputs.items()})


def _computed(compute: Compute, weights: Tensors, inputs: Tensors, path: Path) -> Any:
    import mlx.core as mx
    from safetensors.torch import save_file

    arrays = []
    for number, tensors in enumerate((weights, inputs)):
        file = path.with_stem(f"{path.stem}-{number}")
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file)
        arrays.append(mx.load(str(file)))
    # Evaluated within the attempt: MLX computes lazily and complains then.
    return to_torch(compute(arrays[0], arrays[1]))


def to_torch(array: Any) -> Any:
    """A copy of an MLX array as a torch tensor of the same dtype, through float32 for numpy."""
    import mlx.core as mx
    import numpy as np
    import torch

    plain = torch.from_numpy(np.array(array.astype(mx.float32)))
    return plain.to(getattr(torch, str(array.dtype).removeprefix("mlx.core.")))


def _disagreement(
    session: Session, case: str, dtype: str, result: Any, reference: Any
) -> Iterator[Finding]:
    if problem := _shape_or_type(result, reference, dtype):
        yield fault(session, "block-wrong", f"{case} in {dtype} differs: {problem}")
        return
    error, mean = error_eps(result, reference, dtype), _mean_error_eps(result, reference, dtype)
    session.measure(f"error_eps {case} {dtype}", round(error, 3))
    session.measure(f"mean_error_eps {case} {dtype}", round(mean, 3))
    # Written so that NaN is refused too.
    if error <= LIMIT_EPS[dtype] and mean <= _MEAN_LIMIT_EPS[dtype]:
        return
    if dtype == "float32" and error <= _reduced_limit():
        yield _reduced(session, case, error)
        return
    text = (
        f"{case} in {dtype} differs by {error:.3g} eps of the largest value and {mean:.3g} in the "
        f"mean, expected at most {LIMIT_EPS[dtype]:g} and {_MEAN_LIMIT_EPS[dtype]:g} (reference: "
        "torch in float64)"
    )
    evidence = {"error_eps": error, "mean_error_eps": mean}
    yield fault(session, "block-wrong", text, evidence=evidence)


def _mean_error_eps(result: Any, reference: Any, dtype: str) -> float:
    import torch

    mean = (result.double() - reference).pow(2).mean().sqrt()
    usual = reference.pow(2).mean().sqrt()
    return float(mean / usual) / torch.finfo(getattr(torch, dtype)).eps


def _reduced_limit() -> float:
    """The limit of float16, in eps of float32."""
    return LIMIT_EPS["float16"] * _REDUCED_EPS / 2.0**-23


def _reduced(session: Session, case: str, error: float) -> Finding:
    text = (
        f"{case} in float32 is computed in reduced precision: it differs by {error:.3g} eps, "
        f"expected at most {LIMIT_EPS['float32']:g}"
    )
    return fault(
        session,
        "float32-reduced",
        text,
        severity=Severity.MEDIUM,
        remedy="set MLX_ENABLE_TF32=0 where float32 has to be exact, as for the autoencoder",
        evidence={"error_eps": error},
    )


def _shape_or_type(result: Any, reference: Any, dtype: str) -> str:
    if tuple(result.shape) != tuple(reference.shape):
        return f"it has shape {tuple(result.shape)}, expected {tuple(reference.shape)}"
    found = str(result.dtype).removeprefix("torch.")
    return f"it comes out as {found}" if found != dtype else ""
