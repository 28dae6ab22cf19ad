"""A linear layer with quantised weights, in MLX."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault

_EPS = {"float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
# Largest error of the product, in eps and relative to the largest value. The weights are sums of
# scale times code and bias, which cancel, so this is wider than for plain matrices. Measured with
# MLX 0.32 on the processor over 1440 products of each dtype in the modes below: at most 5.5 eps in
# float32 and float16, 6.6 in bfloat16.
_LIMIT_EPS = {"float32": 32.0, "float16": 24.0, "bfloat16": 24.0}
# Largest error of one weight. "affine": in steps of its group. The others, relative to the largest
# weight of the group: with a scale that is a power of two (OCP Microscaling 1.0), that weight is
# below 8 (fp4) or 512 (fp8) steps and the largest codes are 6 and 448; nvfp4 rounds to 4 or 6 of 6
# with a scale that is itself rounded to 3 bits.
_STEPS = 1.0
_RELATIVE = {"mxfp4": 0.25, "mxfp8": 0.125, "nvfp4": 0.25}

# One row takes the kernel for vectors, 33 the one for matrices with an edge.
_ROWS = (1, 33)
_COLUMNS = 48
# Beyond a signed 16-bit index, where the edge tile of a kernel was wrong (mlx#3631).
_MANY_COLUMNS = 32800


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mode:
    """One way of quantising: name, weights that share a scale, bits of a weight."""

    name: str
    group: int
    bits: int
    columns: int = _COLUMNS
    inner: int = 128

    def __str__(self) -> str:
        """How messages name it."""
        wide = f" of {self.columns} columns" if self.columns != _COLUMNS else ""
        return f"{self.name} {self.bits} bits in groups of {self.group}{wide}"

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of MLX."""
        return {"group_size": self.group, "bits": self.bits, "mode": self.name}


_MODES = (
    *(_Mode(name="affine", group=64, bits=bits) for bits in (2, 3, 4, 5, 6, 8)),
    # What mx.load makes of Q4_0, Q4_1 and Q8_0 of GGUF.
    *(_Mode(name="affine", group=32, bits=bits) for bits in (4, 8)),
    _Mode(name="affine", group=128, bits=4),
    _Mode(name="mxfp4", group=32, bits=4),
    _Mode(name="mxfp8", group=32, bits=8),
    _Mode(name="nvfp4", group=16, bits=4),
    _Mode(name="affine", group=64, bits=4, columns=_MANY_COLUMNS, inner=64),
)


@probe(
    "mlx-quantised-linear",
    family="mlx-blocks",
    needs=Needs(modules=("mlx.core", "numpy"), devices=("mlx",), level=Level.STANDARD),
)
def mlx_quantised_linear(session: Session) -> Iterator[Finding]:
    """MLX multiplies with quantised weights as with the same weights dequantised.

    Every mode of ``mx.quantize`` is asked in every dtype, with one row and with many, also with
    more columns than 16 bits count. The weights themselves must be within a step of what was
    quantised. A mode that this version of MLX does not have stands in the measures.
    """
    for mode in _MODES:
        for dtype in _EPS if mode.columns == _COLUMNS else ("bfloat16",):
            quantised, refusal = attempt(partial(_quantised, mode, dtype))
            if quantised is None:
                session.measure(f"{mode} {dtype}", refusal)
                continue
            yield from _far_weights(session, mode, dtype, quantised)
            yield from _wrong_products(session, mode, dtype, quantised)


def _sample(*shape: int, seed: int) -> Any:
    import numpy as np

    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def _quantised(mode: _Mode, dtype: str) -> Sequence[Any]:
    import mlx.core as mx

    weight = mx.array(_sample(mode.columns, mode.inner, seed=1)).astype(getattr(mx, dtype))
    parts = mx.quantize(weight, **mode.options)
    mx.eval(parts)
    return tuple(parts)


def _weights(mode: _Mode, parts: Sequence[Any]) -> Any:
    """What the codes stand for, without the rounding of a half, in float64."""
    import mlx.core as mx

    if mode.name == "affine":
        wide = [part.astype(mx.float32) for part in parts[1:]]
        return _double(mx.dequantize(parts[0], *wide, **mode.options))
    return _double(mx.dequantize(*parts, **mode.options, dtype=mx.float32))


def _double(array: Any) -> Any:
    import mlx.core as mx
    import numpy as np

    return np.array(array.astype(mx.float32)).astype(np.float64)


def _far_weights(
    session: Session, mode: _Mode, dtype: str, parts: Sequence[Any]
) -> Iterator[Finding]:
    import mlx.core as mx
    import numpy as np

    meant = _double(mx.array(_sample(mode.columns, mode.inner, seed=1)).astype(getattr(mx, dtype)))
    apart = np.abs(_weights(mode, parts) - meant).reshape(mode.columns, -1, mode.group).max(-1)
    largest = np.abs(meant).reshape(mode.columns, -1, mode.group).max(-1)
    if mode.name == "affine":
        # Scale and bias are kept in the dtype, and rounding the bias moves the whole group.
        allowed = _STEPS * np.abs(_double(parts[1])) + 2 * _EPS[dtype] * largest
    else:
        allowed = _RELATIVE[mode.name] * largest
    # Written so that NaN is refused too.
    if not (apart <= allowed).all():
        worst = float((apart / allowed).max())
        text = (
            f"weights in {dtype} quantised as {mode} come back {worst:.3g} times as far as allowed"
        )
        yield fault(session, "quantised-weights-wrong", text)


def _wrong_products(
    session: Session, mode: _Mode, dtype: str, parts: Sequence[Any]
) -> Iterator[Finding]:
    import numpy as np

    weights = _weights(mode, parts)
    for rows in _ROWS:
        case = f"a product of {rows} rows in {dtype} with {mode}"
        answer, refusal = attempt(partial(_product, mode, dtype, parts, rows))
        if answer is None:
            yield fault(session, "quantised-product-refused", f"{case} is refused: {refusal}")
            continue
        tokens, found = answer
        expected = tokens @ weights.T
        error = float(np.abs(found - expected).max() / np.abs(expected).max() / _EPS[dtype])
        session.measure(f"error_eps {case}", round(error, 2))
        # Written so that NaN is refused too.
        if not error <= _LIMIT_EPS[dtype]:
            text = f"{case} is off by {error:.3g} eps, expected at most {_LIMIT_EPS[dtype]:g}"
            yield fault(session, "quantised-product-wrong", text)


def _product(mode: _Mode, dtype: str, parts: Sequence[Any], rows: int) -> tuple[Any, Any]:
    """The tokens and their product, both in float64."""
    import mlx.core as mx

    tokens = mx.array(_sample(rows, mode.inner, seed=2)).astype(getattr(mx, dtype))
    return _double(tokens), _double(mx.quantized_matmul(tokens, *parts, **mode.options))
