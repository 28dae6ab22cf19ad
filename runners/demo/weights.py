"""Edits the weights of a safetensors file in place, without torch, to break or vary a model."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compat.core.system import write_atomically


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTensor:
    """One tensor as its dtype word, its shape and its little-endian bytes."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


Edit = Callable[[dict[str, RawTensor]], dict[str, RawTensor]]


def edit_weights(path: Path, edit: Edit) -> None:
    """Read every tensor of ``path``, let ``edit`` return the new ones, write the file anew."""
    tensors, metadata = _read(path)
    _write(path, edit(tensors), metadata)


def as_float32(tensor: RawTensor) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """The values of a BF16 or F32 tensor; ``ValueError`` for any other dtype."""
    if tensor.dtype == "F32":
        return np.frombuffer(tensor.data, "<f4").reshape(tensor.shape).copy()
    if tensor.dtype == "BF16":
        # bfloat16 is the upper half of a float32.
        wide = np.frombuffer(tensor.data, "<u2").astype("<u4") << 16
        return wide.view("<f4").reshape(tensor.shape).copy()
    raise ValueError(f"cannot edit a {tensor.dtype} tensor")


def like(tensor: RawTensor, values: "np.ndarray[Any, np.dtype[np.float32]]") -> RawTensor:
    """``values`` in the dtype of ``tensor`` (F32, or BF16 rounded to nearest even)."""
    if tensor.dtype == "F32":
        return RawTensor(dtype="F32", shape=values.shape, data=values.astype("<f4").tobytes())
    bits = np.ascontiguousarray(values, "<f4").view("<u4")
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
    narrow = np.where(np.isnan(values), 0x7FC0, rounded).astype("<u2")
    return RawTensor(dtype="BF16", shape=values.shape, data=narrow.tobytes())


def _read(path: Path) -> tuple[dict[str, RawTensor], dict[str, str]]:
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = RawTensor(
            dtype=entry["dtype"],
            shape=tuple(entry["shape"]),
            data=content[start + begin : start + end],
        )
    return tensors, metadata


def _write(path: Path, tensors: dict[str, RawTensor], metadata: dict[str, str]) -> None:
    header: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + len(tensor.data)
        header[name] = {
            "dtype": tensor.dtype, "shape": list(tensor.shape), "data_offsets": [offset, end]
        }  # fmt: skip
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    body = b"".join(tensor.data for tensor in tensors.values())
    write_atomically(path, len(text).to_bytes(8, "little") + text + body)
