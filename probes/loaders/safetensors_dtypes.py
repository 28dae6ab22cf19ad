"""One safetensors file per dtype of the format, for loaders that are asked about each."""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Session, Severity
from probes.answers import attempt, fault

# What one element takes, in bits, in the order of the format's own list (safetensors 0.8).
BITS: Mapping[str, int] = {
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8,
    "F8_E5M2FNUZ": 8, "F8_E4M3FNUZ": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}  # fmt: skip


def dtypes_refused(
    session: Session, loader: str, load: Any, *, known: Sequence[str]
) -> Iterator[Finding]:
    """Yield a finding for each dtype that ``load`` (path to mapping) refuses or leaves out.

    ``known`` names dtypes that this loader is documented not to read: those are told as MEDIUM.
    """
    for dtype in BITS:
        path = _checkpoint(Path(session.scratch) / f"{dtype}.safetensors", dtype)
        loaded, refusal = attempt(partial(load, path))
        if loaded is not None and "weight" in loaded:
            session.measure(dtype, str(loaded["weight"].dtype))
            continue
        session.measure(dtype, refusal or "left out")
        severity = Severity.MEDIUM if dtype in known else Severity.HIGH
        text = f"{loader} does not read {dtype}: {refusal or 'the tensor is left out silently'}"
        yield fault(session, "dtype-not-read", text, severity=severity, evidence={"dtype": dtype})


def _checkpoint(path: Path, dtype: str) -> Path:
    size = 8 * BITS[dtype] // 8
    entry = {"dtype": dtype, "shape": [8], "data_offsets": [0, size]}
    header = json.dumps({"weight": entry}).encode("ascii")
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(size))
    return path
