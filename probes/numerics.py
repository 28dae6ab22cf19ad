"""Compares what a device computes with the same computation in float64 on the processor."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from compat.backends.backend import torch_name
from compat.core.model import Finding, Session
from probes.answers import attempt, fault

# Largest error allowed, in units of the dtype's epsilon and relative to the largest value of the
# reference. Measured on the processor over 117 cases (torch 2.15): float32 up to 6.9 eps, the
# halves up to about 1. Faults that were reported for real devices are far beyond both.
LIMIT_EPS = {"float32": 32.0, "float16": 4.0, "bfloat16": 4.0}
DTYPES = tuple(LIMIT_EPS)
HALVES = ("float16", "bfloat16")

Operation = Callable[..., Any]


def sample(*shape: int, seed: int) -> Any:
    """Normal values on the processor, the same on every machine; leaves torch's own seed alone."""
    import torch

    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def ordered(*shape: int, seed: int) -> Any:
    """Distinct whole numbers from 0 on in random order, at most 256: every dtype holds them."""
    import torch

    count = math.prod(shape)
    shuffled = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    return shuffled.float().reshape(shape)


def whole(*shape: int, seed: int) -> Any:
    """Integers (int64) from 0 to 99 on the processor, the same on every machine."""
    import torch

    return torch.randint(100, shape, generator=torch.Generator().manual_seed(seed))


def on_device(tensor: Any, session: Session) -> Any:
    """Copy a tensor to the session's device."""
    return tensor.to(torch_name(session.target.device))


def on_host(tensor: Any) -> Any:
    """A byte-exact copy on the processor with the same strides, which shares nothing with it.

    The whole storage is copied flat and viewed again here: a device's own strided copy, and what
    it says about NaN in a view, are among the things that go wrong.
    """
    tensor = tensor.detach()
    if tensor.is_conj() or tensor.is_neg():  # views whose bytes are not their values
        return tensor.resolve_conj().resolve_neg().cpu().clone()
    flat = tensor.as_strided((_elements(tensor),), (1,), 0).cpu()
    if flat.data_ptr() == tensor.untyped_storage().data_ptr():
        flat = flat.clone()
    return flat.as_strided(tensor.shape, tensor.stride(), tensor.storage_offset())


def agrees(
    session: Session,
    case: str,
    inputs: Sequence[Any],
    operation: Operation,
    *,
    dtypes: Sequence[str] = DTYPES,
    terms: int = 1,
) -> Iterator[Finding]:
    """Yield a finding for each dtype in which ``operation`` is refused or wrong on the device.

    ``inputs`` are contiguous float32 tensors on the processor; they are rounded to the dtype and
    copied as they stand, and ``operation`` makes its views itself, on the device. ``terms`` is how
    many products are summed into one value: the rounding of float32 sums grows with its root
    (Higham and Mary 2019), while halves are summed in float32 and rounded once.
    """
    import torch

    for name in dtypes:
        rounded = [tensor.to(getattr(torch, name)) for tensor in inputs]
        with torch.no_grad():
            reference = operation(*(tensor.double() for tensor in rounded))
            result, refusal = attempt(partial(_computed, session, operation, rounded))
        if refusal:
            yield fault(session, "operation-refused", f"{case} in {name} is refused: {refusal}")
        else:
            yield from _disagreement(session, case, name, result, reference, terms)


def agrees_exactly(
    session: Session, case: str, inputs: Sequence[Any], operation: Operation
) -> Iterator[Finding]:
    """Yield a finding where ``operation`` on integers is refused or differs at all on the device.

    ``inputs`` are integer tensors on the processor, where the same operation is the reference.
    """
    reference = operation(*inputs)
    result, refusal = attempt(partial(_computed, session, operation, inputs))
    if refusal:
        yield fault(session, "operation-refused", f"{case} is refused: {refusal}")
        return
    dtype = str(reference.dtype).removeprefix("torch.")
    problem = _shape_or_type(result, reference, dtype)
    wrong = 0 if problem else int((result != reference).sum())
    session.measure(f"wrong_values {case}", wrong)
    if problem or wrong:
        text = problem or f"{wrong} of {reference.numel()} values are wrong"
        yield fault(session, "operation-wrong", f"{case} differs: {text}")


def _computed(session: Session, operation: Operation, inputs: Sequence[Any]) -> Any:
    # The copy back belongs to the attempt: devices work behind our back and complain then.
    return on_host(operation(*(on_device(tensor, session) for tensor in inputs)))


def error_eps(result: Any, reference: Any, dtype: str) -> float:
    """Largest difference in eps of ``dtype`` relative to the largest reference value."""
    import torch

    largest = reference.abs().max().item() or 1.0
    difference = (result.double() - reference).abs().max().item()
    return float(difference / largest / torch.finfo(getattr(torch, dtype)).eps)


def _disagreement(
    session: Session, case: str, dtype: str, result: Any, reference: Any, terms: int
) -> Iterator[Finding]:
    if problem := _shape_or_type(result, reference, dtype):
        yield fault(session, "operation-wrong", f"{case} in {dtype} differs: {problem}")
        return
    bad = int((~result.isfinite()).sum())
    if bad:
        text = f"{case} in {dtype} differs: {bad} values are not finite, expected none"
        yield fault(session, "operation-wrong", text)
        return
    error = error_eps(result, reference, dtype)
    session.measure(f"error_eps {case} {dtype}", round(error, 3))
    limit = max(LIMIT_EPS[dtype], math.sqrt(terms) if dtype == "float32" else 0.0)
    if error > limit:
        text = (
            f"{case} in {dtype} differs by {error:.3g} eps of the largest value, expected at most "
            f"{limit:.4g} (reference: float64 on the processor)"
        )
        yield fault(session, "operation-wrong", text, evidence={"error_eps": error})


def _shape_or_type(result: Any, reference: Any, dtype: str) -> str:
    if tuple(result.shape) != tuple(reference.shape):
        return f"it has shape {tuple(result.shape)}, expected {tuple(reference.shape)}"
    found = str(result.dtype).removeprefix("torch.")
    return f"it comes out as {found}" if found != dtype else ""


def _elements(tensor: Any) -> int:
    return int(tensor.untyped_storage().nbytes() // tensor.element_size())
