"""Compares what a device computes with the same computation in float64 on the processor."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
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

# TF32 has the 10 bits of float16, and what is allowed for float16 in units of float32.
TF32_LIMIT_EPS = LIMIT_EPS["float16"] * 2.0**13
HALVES = ("float16", "bfloat16")

Operation = Callable[..., Any]


@contextmanager
def untouched() -> Iterator[None]:
    """Compute here what a device is compared with: no mode of torch changes it.

    A mode that stands for a device, or sends tensors to one, would else bend the reference the same
    way and hide what it is to show. No gradient is kept either.
    """
    import torch
    from torch.utils._python_dispatch import _disable_current_modes

    with ExitStack() as stack:
        for context in (torch.no_grad(), _disable_current_modes(), torch._C.DisableTorchFunction()):
            stack.enter_context(context)
        yield


def sample(*shape: int, seed: int) -> Any:
    """Normal values on the processor, the same on every machine; leaves torch's own seed alone."""
    import torch

    with untouched():
        return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def ordered(*shape: int, seed: int) -> Any:
    """Distinct whole numbers from 0 on in random order, at most 256: every dtype holds them."""
    import torch

    with untouched():
        count = math.prod(shape)
        shuffled = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
        return shuffled.float().reshape(shape)


def whole(*shape: int, seed: int) -> Any:
    """Integers (int64) from 0 to 99 on the processor, the same on every machine."""
    import torch

    with untouched():
        return torch.randint(100, shape, generator=torch.Generator().manual_seed(seed))


def on_device(tensor: Any, session: Session) -> Any:
    """Copy a tensor to the session's device; on the processor too, so that nothing is shared.

    A module is moved: its own ``to`` knows no copy.
    """
    device = torch_name(session.target.device)
    return tensor.to(device) if hasattr(tensor, "parameters") else tensor.to(device, copy=True)


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
    for name in dtypes:
        rounded, reference = _prepared(inputs, operation, name)
        result, refusal = attempt(partial(_computed, session, operation, rounded))
        if refusal:
            yield fault(session, "operation-refused", f"{case} in {name} is refused: {refusal}")
        else:
            with untouched():
                found = _disagreement(session, case, name, result, reference, terms)
            yield from found


def _prepared(inputs: Sequence[Any], operation: Operation, dtype: str) -> tuple[Sequence[Any], Any]:
    """The inputs rounded to ``dtype``, and what the operation gives for them in float64."""
    import torch

    with untouched():
        rounded = [tensor.to(getattr(torch, dtype)) for tensor in inputs]
        return rounded, operation(*(tensor.double() for tensor in rounded))


def agrees_exactly(
    session: Session, case: str, inputs: Sequence[Any], operation: Operation, meant: Any
) -> Iterator[Finding]:
    """Yield a finding where ``operation`` on integers is refused or differs at all on the device.

    ``inputs`` are integer tensors on the processor; ``meant`` is the answer in Python's own
    integers, nested in lists, so that no device is compared with itself.
    """
    import torch

    with untouched():
        reference = torch.tensor(meant, dtype=torch.int64)
    result, refusal = attempt(partial(_computed, session, operation, inputs))
    if refusal:
        yield fault(session, "operation-refused", f"{case} is refused: {refusal}")
        return
    with untouched():
        text = _inequality(session, case, result, reference)
    if text:
        yield fault(session, "operation-wrong", f"{case} differs: {text}")


def _inequality(session: Session, case: str, result: Any, reference: Any) -> str:
    dtype = str(reference.dtype).removeprefix("torch.")
    problem = _shape_or_type(result, reference, dtype)
    wrong = 0 if problem else int((result != reference).sum())
    session.measure(f"wrong_values {case}", wrong)
    return problem or (f"{wrong} of {reference.numel()} values are wrong" if wrong else "")


def _computed(session: Session, operation: Operation, inputs: Sequence[Any]) -> Any:
    import torch

    # The copy back belongs to the attempt: devices work behind our back and complain then.
    with torch.no_grad():
        return on_host(operation(*(on_device(tensor, session) for tensor in inputs)))


def limit_eps(session: Session, dtype: str, terms: int = 1) -> float:
    """Largest error that is allowed on the session's device, in eps of ``dtype``.

    On CUDA torch computes convolutions of float32 in TF32 unless it is told otherwise
    (``torch.backends.cudnn.allow_tf32``): that is a setting, and no fault of the device.
    """
    import torch

    if dtype != "float32":
        return LIMIT_EPS[dtype]
    if session.target.device in ("cuda", "rocm"):
        settings = (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32)
        if any(settings):
            return max(TF32_LIMIT_EPS, math.sqrt(terms))
    return max(LIMIT_EPS[dtype], math.sqrt(terms))


def error_eps(result: Any, reference: Any, dtype: str) -> float:
    """Largest difference in eps of ``dtype`` relative to the largest reference value."""
    import torch

    largest = reference.abs().max().item() or 1.0
    difference = (result.double() - reference).abs().max().item()
    return float(difference / largest / torch.finfo(getattr(torch, dtype)).eps)


def _disagreement(
    session: Session, case: str, dtype: str, result: Any, reference: Any, terms: int
) -> list[Finding]:
    if problem := _shape_or_type(result, reference, dtype):
        return [fault(session, "operation-wrong", f"{case} in {dtype} differs: {problem}")]
    bad = int((~result.isfinite()).sum())
    if bad:
        text = f"{case} in {dtype} differs: {bad} values are not finite, expected none"
        return [fault(session, "operation-wrong", text)]
    error = error_eps(result, reference, dtype)
    session.measure(f"error_eps {case} {dtype}", round(error, 3))
    limit = limit_eps(session, dtype, terms)
    if error <= limit:
        return []
    text = (
        f"{case} in {dtype} differs by {error:.3g} eps of the largest value, expected at most "
        f"{limit:.4g} (reference: float64 on the processor)"
    )
    return [fault(session, "operation-wrong", text, evidence={"error_eps": error})]


def _shape_or_type(result: Any, reference: Any, dtype: str) -> str:
    if tuple(result.shape) != tuple(reference.shape):
        return f"it has shape {tuple(result.shape)}, expected {tuple(reference.shape)}"
    found = str(result.dtype).removeprefix("torch.")
    return f"it comes out as {found}" if found != dtype else ""


def _elements(tensor: Any) -> int:
    return int(tensor.untyped_storage().nbytes() // tensor.element_size())
