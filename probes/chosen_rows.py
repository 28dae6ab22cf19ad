"""Compares a few rows of a result that is too large to be computed twice."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from compat.core.model import Finding, Session
from probes.answers import attempt, fault
from probes.numerics import LIMIT_EPS, Operation, error_eps, on_device, untouched


def agrees_in_rows(
    session: Session,
    case: str,
    inputs: Sequence[Any],
    operation: Operation,
    *,
    dtype: str,
    axes: tuple[int, int],
) -> Iterator[Finding]:
    """Yield a finding where chosen rows of the whole result are refused or wrong on the device.

    Row ``n`` of the result along the second of ``axes`` must depend on row ``n`` of the first of
    ``inputs`` along the first of them, and on the other inputs. Rows at both ends and in the middle
    are computed on the processor in float64; positions that overflow are among the last.
    """
    import torch

    with untouched():
        rounded = [tensor.to(getattr(torch, dtype)) for tensor in inputs]
        count = rounded[0].shape[axes[0]]
        rows = sorted({0, 1, count // 2 - 1, count // 2, count - 2, count - 1})
        first = rounded[0].index_select(axes[0], torch.tensor(rows))
        reference = operation(first.double(), *(tensor.double() for tensor in rounded[1:]))
    found, refusal = attempt(partial(_computed, session, operation, rounded, rows, axes[1]))
    if refusal:
        yield fault(session, "operation-refused", f"{case} in {dtype} is refused: {refusal}")
        return
    with untouched():
        error = error_eps(torch.cat(found, dim=axes[1]), reference, dtype)
    session.measure(f"error_eps {case} {dtype}", round(error, 3))
    # Written so that NaN is refused too.
    if not error <= LIMIT_EPS[dtype]:
        text = (
            f"{case} in {dtype} differs by {error:.3g} eps of the largest value in rows {rows}, "
            f"expected at most {LIMIT_EPS[dtype]:g} (reference: float64 on the processor)"
        )
        yield fault(session, "operation-wrong", text, evidence={"error_eps": error})


def _computed(
    session: Session, operation: Operation, inputs: Sequence[Any], rows: Sequence[int], axis: int
) -> list[Any]:
    import torch

    with torch.no_grad():
        result = operation(*(on_device(tensor, session) for tensor in inputs))
        return [result.narrow(axis, row, 1).contiguous().cpu() for row in rows]
