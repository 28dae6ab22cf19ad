"""8-bit float weights in MLX's own loader."""

import json
import struct
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault

# Codes and what they stand for, by the definitions of OCP 8-bit floating point 1.0 and Microscaling
# 1.0: e4m3 has an exponent bias of 7 and 3 bits of mantissa, e8m0 is a power of two, bias 127.
_E4M3 = (b"\x38\x40\x30\xb8", [1.0, 2.0, 0.5, -1.0])
_E8M0 = (b"\x7f\x80\x7e\x82", [1.0, 2.0, 0.5, 8.0])
_CODES = {"F8_E4M3": _E4M3, "F8_E8M0": _E8M0}


@probe(
    "mlx-safetensors-float8",
    family="mlx",
    needs=Needs(modules=("mlx.core",), devices=("mlx",)),
)
def mlx_safetensors_float8(session: Session) -> Iterator[Finding]:
    """MLX loads 8-bit float weights as the numbers they stand for, or refuses.

    ``mx.load`` hands F8_E4M3 and F8_E8M0 tensors over as raw uint8 codes without a word (MLX 0.32),
    and a model that computes with the codes renders noise. Convert F8_E4M3 with ``mx.from_fp8``
    after loading; an F8_E8M0 code ``c`` is a scale of 2 to the power of ``c - 127``.
    """
    import mlx.core as mx

    for dtype, (codes, values) in _CODES.items():
        path = _checkpoint(Path(session.scratch) / f"{dtype}.safetensors", dtype, codes)
        loaded, refusal = attempt(partial(_weight, path))
        session.measure(dtype, refusal or str(getattr(loaded, "dtype", "")))
        if loaded is None or loaded.astype(mx.float32).tolist() == values:
            continue
        text = (
            f"fp8 weights ({dtype}) are uint8 codes {loaded.tolist()} without a word, not {values}"
        )
        remedy = "convert after loading: F8_E4M3 with mx.from_fp8, F8_E8M0 as 2 ** (code - 127)"
        yield fault(session, "mlx-fp8-raw-codes", text, remedy=remedy)
        if dtype == "F8_E4M3":
            yield from _cure(session, loaded)


def _weight(path: Path) -> Any:
    import mlx.core as mx

    return mx.load(str(path))["weight"]


def _cure(session: Session, codes: object) -> Iterator[Finding]:
    import mlx.core as mx

    values, refusal = attempt(lambda: mx.from_fp8(codes, dtype=mx.float32).tolist())
    if values != _E4M3[1]:
        text = f"mx.from_fp8 gives {refusal or values}, expected {_E4M3[1]}"
        yield fault(session, "mlx-from-fp8-wrong", text)


def _checkpoint(path: Path, dtype: str, codes: bytes) -> Path:
    entry = {"dtype": dtype, "shape": [len(codes)], "data_offsets": [0, len(codes)]}
    header = json.dumps({"weight": entry}).encode("ascii")
    path.write_bytes(struct.pack("<Q", len(header)) + header + codes)
    return path
