"""8-bit float weights in MLX's own loader."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault

# e4m3 codes of these values, from its definition: exponent bias 7, 3 bits of mantissa.
_CODES, _VALUES = b"\x38\x40\x30\xb8", [1.0, 2.0, 0.5, -1.0]


@probe(
    "mlx-safetensors-float8",
    family="mlx",
    needs=Needs(modules=("mlx.core",), devices=("mlx",)),
)
def mlx_safetensors_float8(session: Session) -> Iterator[Finding]:
    """MLX loads 8-bit float weights as the numbers they stand for, or refuses.

    ``mx.load`` hands F8_E4M3 tensors over as raw uint8 codes without a word (MLX 0.32), and a model
    that computes with the codes renders noise. Convert with ``mx.from_fp8`` after loading.
    """
    import mlx.core as mx

    path = _checkpoint(Path(session.scratch) / "fp8.safetensors")
    loaded, refusal = attempt(lambda: mx.load(str(path))["weight"])
    if loaded is None:
        session.measure("loaded as", refusal)
        return
    session.measure("loaded as", str(loaded.dtype))
    if loaded.astype(mx.float32).tolist() == _VALUES:
        return
    text = f"fp8 weights (F8_E4M3) are uint8 codes {loaded.tolist()} without a word, not {_VALUES}"
    remedy = "convert with mx.from_fp8 after loading"
    yield fault(session, "mlx-fp8-raw-codes", text, remedy=remedy)
    yield from _cure(session, loaded)


def _cure(session: Session, codes: object) -> Iterator[Finding]:
    import mlx.core as mx

    values, refusal = attempt(lambda: mx.from_fp8(codes, dtype=mx.float32).tolist())
    if values != _VALUES:
        text = f"mx.from_fp8 gives {refusal or values}, expected {_VALUES}"
        yield fault(session, "mlx-from-fp8-wrong", text)


def _checkpoint(path: Path) -> Path:
    entry = {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}
    header = json.dumps({"weight": entry}).encode("ascii")
    path.write_bytes(struct.pack("<Q", len(header)) + header + _CODES)
    return path
