"""Reads from one torch wheel which operations have an MPS kernel and which dtypes MPS stores."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FUNCTIONS = "torchgen/packaged/ATen/native/native_functions.yaml"
GUARD = "torch/include/ATen/mps/MPSGuardImpl.h"
LIBRARY = "torch/lib/libtorch_cpu.dylib"

TEXTS = (
    "Conv3D is only supported on MPS for MacOS_13_2 or newer",
    "ConvTranspose 3D is not supported on MPS",
    "ConvTranspose 3D with BF16 or FP16 types is not supported on MPS",
    "Output channels > 65536 not supported at the MPS device",
    "Output dim sizes larger than 2**32 elements for matmul not supported on MPS device",
    "MPS BFloat16 is only supported on MacOS 14 or newer",
    "doesn't support float64. Please use float32 instead",
    "to the MPS backend but it does not have support for that dtype",
    "prefill_attention_",
)
"""Parts of refusals, and of the name of the attention kernels that need no score matrix: each is in
the library of exactly those versions that have the code around it."""

SCALARS: Mapping[str, str] = {
    "Byte": "U8", "Char": "I8", "Short": "I16", "Int": "I32", "Long": "I64", "Half": "F16",
    "Float": "F32", "BFloat16": "BF16", "Bool": "BOOL", "ComplexHalf": "C32",
    "ComplexFloat": "C64", "UInt16": "U16", "UInt32": "U32", "UInt64": "U64",
    "Float8_e4m3fn": "F8_E4M3", "Float8_e5m2": "F8_E5M2", "Double": "F64",
    "ComplexDouble": "C128",
}  # fmt: skip
"""c10's index names in the words of safetensors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelFacts:
    """One version: per operation "mps", "composite" or "none", and the dtypes MPS stores.

    ``stores`` is empty for versions that do not say (before 2.12 there was no such mask);
    ``texts`` are those of :data:`TEXTS` that its library holds.
    """

    version: str
    ops: Mapping[str, str]
    stores: tuple[str, ...]
    texts: tuple[str, ...]


def read_wheel(path: Path) -> WheelFacts:
    """The facts of one macOS wheel; ``KeyError`` where it is no torch wheel."""
    with zipfile.ZipFile(path) as wheel:
        functions = yaml.load(wheel.read(FUNCTIONS), Loader=yaml.CSafeLoader)
        guard = wheel.read(GUARD).decode() if GUARD in wheel.namelist() else ""
        library = wheel.read(LIBRARY)
    return WheelFacts(
        version=path.name.split("-")[1].partition("+")[0],
        ops=statuses(functions),
        stores=tuple(stored(guard)),
        texts=tuple(text for text in TEXTS if text.encode() in library),
    )


def statuses(functions: list[dict[str, Any]]) -> dict[str, str]:
    """Per operation: has an MPS kernel, is made of others, or has none.

    An operation that delegates to a structured one has what that one has.
    """
    entries = {entry["func"].partition("(")[0]: entry for entry in functions}
    return {name: _status(entry, entries) for name, entry in entries.items()}


def _status(entry: dict[str, Any], entries: Mapping[str, dict[str, Any]]) -> str:
    keys = {
        part.strip() for key in entry.get("dispatch") or {} for part in str(key).split(",")
    }  # fmt: skip
    if "MPS" in keys:
        return "mps"
    if delegate := entry.get("structured_delegate"):
        return _status(entries[delegate], entries)
    composite = any(key.startswith("Composite") for key in keys)
    return "composite" if composite or not keys else "none"


def stored(guard: str) -> Iterator[str]:
    """Dtypes of the mask that ``getDeviceCapability`` hands out, in the order of the header."""
    for name in re.findall(r"1ULL\s*<<\s*kIndex_(\w+)", guard):
        yield SCALARS[name]
