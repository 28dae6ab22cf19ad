"""How far two renders lie apart, from the latents the worker wrote."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float32]]


def read_tensors(path: Path) -> "dict[str, Array]":
    """Every float32 tensor of a file that the worker wrote."""
    from safetensors.numpy import load_file

    tensors: dict[str, Array] = load_file(path)
    return tensors


def read_latents(path: Path) -> "Array":
    """The float32 latents of one clip."""
    return read_tensors(path)["latents"]


def relative_distance(first: "Array", second: "Array") -> float:
    """|a - b| / |a| over all values; infinity where shapes differ or a value is not finite."""
    import numpy as np

    if first.shape != second.shape or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return float("inf")
    scale = float(np.linalg.norm(first))
    return float(np.linalg.norm(first - second)) / scale if scale else float("inf")
