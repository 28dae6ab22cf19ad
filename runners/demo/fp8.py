"""Casts weights to fp8 e4m3 in numpy, as quantising tools do, with and without a scale."""

from typing import Any

import numpy as np

from runners.demo.weights import RawTensor, as_float32

LARGEST = 448.0
"""Largest finite value of float8_e4m3fn (OCP 8-bit floating point specification)."""


def plain_cast(tensors: dict[str, RawTensor]) -> dict[str, RawTensor]:
    """Store every matrix as fp8 with its values as they are: a little rounding, nothing else."""
    return {
        name: RawTensor(dtype="F8_E4M3", shape=t.shape, data=encode(as_float32(t)))
        if _is_matrix(t)
        else t
        for name, t in tensors.items()
    }


def scaled_cast(tensors: dict[str, RawTensor]) -> dict[str, RawTensor]:
    """Store every matrix as fp8 stretched to the full range, its scale beside it.

    A loader that knows ``scale_weight`` multiplies it back; one that does not computes with weights
    hundreds of times too large, and raises nothing.
    """
    result: dict[str, RawTensor] = {}
    for name, tensor in tensors.items():
        if not _is_matrix(tensor):
            result[name] = tensor
            continue
        values = as_float32(tensor)
        scale = max(float(np.abs(values).max()) / LARGEST, 1e-12)
        result[name] = RawTensor(
            dtype="F8_E4M3", shape=tensor.shape, data=encode(values / np.float32(scale))
        )
        result[f"{name.removesuffix('.weight')}.scale_weight"] = RawTensor(
            dtype="F32", shape=(), data=np.float32(scale).tobytes()
        )
    return result


def encode(values: "np.ndarray[Any, np.dtype[np.float32]]") -> bytes:
    """Round to the nearest e4m3 value, saturating at 448."""
    table = _positive_values()
    magnitude = np.minimum(np.abs(values), LARGEST)
    above = np.clip(np.searchsorted(table, magnitude), 1, len(table) - 1)
    nearer_below = magnitude - table[above - 1] <= table[above] - magnitude
    codes = np.where(nearer_below, above - 1, above).astype(np.uint8)
    return bytes((codes | (np.signbit(values).astype(np.uint8) << 7)).tobytes())


def _is_matrix(tensor: RawTensor) -> bool:
    return len(tensor.shape) == 2 and tensor.dtype in ("BF16", "F32")


def _positive_values() -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The values of codes 0 to 126: 4 exponent bits with bias 7, 3 mantissa bits; 127 is NaN."""
    codes = np.arange(127)
    exponent, mantissa = codes >> 3, codes & 7
    normal = 2.0 ** (exponent - 7) * (1 + mantissa / 8)
    return np.where(exponent == 0, 2.0**-6 * mantissa / 8, normal)
