"""Every dtype of the safetensors format in MLX's own loader."""

import json
import struct
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.loaders.safetensors_dtypes import dtypes_refused

# MLX 0.32 has no such arrays and says so: "[safetensor] unsupported dtype".
_NOT_IN_MLX = ("F4", "F6_E2M3", "F6_E3M2", "F8_E5M2", "F8_E5M2FNUZ", "F8_E4M3FNUZ", "F64")

# How struct packs a number of each dtype that MLX has; BF16 is the upper half of F32. The 8-bit
# floats are asked about by mlx-safetensors-float8.
_PACKED = {
    "BOOL": "?", "U8": "B", "I8": "b", "I16": "h", "U16": "H", "F16": "e", "I32": "i", "U32": "I",
    "F32": "f", "BF16": "f", "C64": "ff", "I64": "q", "U64": "Q",
}  # fmt: skip
_NUMBERS = (0, 1, 2, 3, 5, 7, 64, 96)


@probe(
    "mlx-safetensors-dtypes",
    family="mlx",
    needs=Needs(modules=("mlx.core",), devices=("mlx",)),
)
def mlx_safetensors_dtypes(session: Session) -> Iterator[Finding]:
    """MLX's loader reads every dtype of the safetensors format.

    It refuses F8_E5M2, F64 and the dtypes of fewer bits, and hands F8_E4M3 and F8_E8M0 over as raw
    bytes (see mlx-safetensors-float8). Convert such weights with torch first. Where it reads a
    dtype, the numbers are looked at too.
    """
    yield from dtypes_refused(session, "mx.load", _load, known=_NOT_IN_MLX)
    for dtype in _PACKED:
        path = _numbers(Path(session.scratch) / f"numbers {dtype}.safetensors", dtype)
        found, refusal = attempt(partial(_read, path))
        # What is refused has been told above.
        meant = [bool(number) if dtype == "BOOL" else number for number in _NUMBERS]
        if not refusal and found != meant:
            text = f"mx.load reads {dtype} as {found}, expected {meant}"
            yield fault(session, "mlx-numbers-wrong", text)


def _load(path: Path) -> Any:
    import mlx.core as mx

    return mx.load(str(path))


def _numbers(path: Path, dtype: str) -> Path:
    code = _PACKED[dtype]
    parts = [struct.pack(f"<{code}", *((n, 0) if dtype == "C64" else (n,))) for n in _NUMBERS]
    data = b"".join(part[2:] if dtype == "BF16" else part for part in parts)
    entry = {"dtype": dtype, "shape": [len(parts)], "data_offsets": [0, len(data)]}
    header = json.dumps({"weight": entry}).encode("ascii")
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)
    return path


def _read(path: Path) -> list[Any]:
    import mlx.core as mx

    array = mx.load(str(path))["weight"]
    return list(array.astype(mx.float32).tolist() if array.dtype == mx.bfloat16 else array.tolist())
