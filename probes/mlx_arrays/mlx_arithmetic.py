"""MLX computes at all, in the number types that models use."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault

# Limits as in probes.numerics, in eps of the largest value; eps are those of IEEE 754 and bfloat16.
_LIMITS = {"float32": 32 * 2.0**-23, "float16": 4 * 2.0**-10, "bfloat16": 4 * 2.0**-7}
# Without symmetry: a kernel that is turned round shows.
_KERNEL = (0.5, 1.0, 2.0)
_ROWS, _INNER, _COLUMNS = 5, 40, 7


@probe(
    "mlx-arithmetic",
    family="mlx",
    needs=Needs(modules=("mlx.core",), devices=("mlx",)),
)
def mlx_arithmetic(session: Session) -> Iterator[Finding]:
    """MLX multiplies matrices and convolves correctly in float32, float16 and bfloat16.

    The operands are multiples of an eighth below four, which every one of the types holds exactly,
    so the expected numbers follow from plain Python arithmetic. Where this fails, no MLX pipeline
    can be trusted on this machine.
    """
    import mlx.core as mx

    left, right = _numbers(_ROWS, _INNER, 7), _numbers(_INNER, _COLUMNS, 5)
    product = [[_dot(row, column) for column in zip(*right, strict=True)] for row in left]
    sums = _sliding_sums([row[0] for row in right])
    for name in _LIMITS:
        a, b = (mx.array(values, dtype=getattr(mx, name)) for values in (left, right))
        yield from _compare(session, "a matrix product", name, partial(mx.matmul, a, b), product)
        yield from _compare(session, "a convolution", name, partial(_convolved, b), [sums])


def _compare(
    session: Session,
    case: str,
    dtype: str,
    action: Callable[[], Any],
    expected: Sequence[Sequence[float]],
) -> Iterator[Finding]:
    import mlx.core as mx

    found, refusal = attempt(lambda: action().astype(mx.float32).tolist())
    if found is None:
        text = f"{case} in {dtype} is refused: {refusal}"
        yield fault(session, "operation-refused", text)
        return
    largest = max(abs(value) for row in expected for value in row)
    pairs = zip(found, expected, strict=True)
    error = max(abs(a - b) for row, meant in pairs for a, b in zip(row, meant, strict=True))
    # Written so that NaN is refused too.
    if not error / largest <= _LIMITS[dtype]:
        text = (
            f"{case} in {dtype} is off by {error / largest:.3g} of the largest value, expected at "
            f"most {_LIMITS[dtype]:.3g}"
        )
        yield fault(session, "operation-wrong", text)


def _convolved(matrix: Any) -> Any:
    import mlx.core as mx

    line = matrix[:, :1].reshape(1, -1, 1)
    kernel = mx.array(_KERNEL, dtype=matrix.dtype).reshape(1, 3, 1)
    return mx.conv1d(line, kernel).reshape(1, -1)


def _numbers(rows: int, columns: int, step: int) -> list[list[float]]:
    """Multiples of an eighth from -3 to 3 in an order without a pattern."""
    count = rows * columns
    values = [((number * step * 11) % 49 - 24) / 8 for number in range(count)]
    return [values[start : start + columns] for start in range(0, count, columns)]


def _dot(row: Sequence[float], column: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(row, column, strict=True))


def _sliding_sums(line: Sequence[float]) -> list[float]:
    return [_dot(line[start : start + 3], _KERNEL) for start in range(len(line) - 2)]
