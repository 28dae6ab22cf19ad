"""The numbers that MLX's own loader makes of GGUF tensors."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault

_ROWS, _COLUMNS = 4, 256
# MLX hands on float16, in which a weight, its scale and its bias are each rounded once; relative
# to the largest weight, and wide enough for whichever of them is rounded first.
_LIMIT = 4 * 2.0**-10
_PLAIN = {"F64": "float64", "I8": "int8", "I16": "int16", "I32": "int32", "I64": "int64"}
# Blocks are drawn at random; these are what a weight may be at most so that float16 holds it and
# the weights of a block do not drown in one another.
_SMALLEST, _LARGEST = 0.5, 512.0
# Beyond the range of float16, which ends at 65504; an outlier of a text encoder can be that large.
_BEYOND_HALF = 1e5


@probe(
    "mlx-gguf-values",
    family="mlx",
    needs=Needs(modules=("mlx.core", "gguf", "numpy"), devices=("mlx",)),
)
def mlx_gguf_values(session: Session) -> Iterator[Finding]:
    """MLX reads the weights of a GGUF file as the numbers they stand for, or refuses the file.

    Each type is filled with random blocks and held against gguf-py's own dequantiser. MLX 0.32
    reads Q4_K wrong: every second run of 32 weights gets the scale of the run before it; and it
    turns BF16 into float16, in which values beyond 65504 become infinite. Neither says a word. Use
    Q8_0 or Q6_K files, or load with gguf-py.
    """
    import gguf

    for kind in gguf.GGMLQuantizationType.__members__:
        blocks, refusal = attempt(partial(_blocks, kind))
        if blocks is None:
            session.measure(kind, f"gguf-py cannot: {refusal}")
            continue
        yield from _difference(session, kind, blocks)
    yield from _overflow(session)


def _difference(session: Session, kind: str, blocks: Any) -> Iterator[Finding]:
    import numpy as np

    found, refusal = attempt(lambda: _read(kind, _file(Path(session.scratch), kind, blocks)))
    if found is None:
        session.measure(kind, refusal)
        return
    meant = _dequantised(kind, blocks)
    if found.shape != meant.shape:
        text = f"mlx reads {kind} of a gguf as shape {found.shape}, expected {meant.shape}"
        yield fault(session, "mlx-gguf-values-wrong", text)
        return
    off = np.abs(found - meant) / np.abs(meant).max()
    session.measure(kind, f"off by {float(off.max()):.2g} of the largest weight")
    # Written so that NaN counts as wrong.
    wrong = int((~(off <= _LIMIT)).sum())
    if wrong:
        text = (
            f"mlx reads {wrong} of {off.size} weights of type {kind} of a gguf wrong without a "
            f"word, by up to {float(off.max()):.2g} of the largest, expected at most {_LIMIT:.2g}"
        )
        yield fault(
            session,
            "mlx-gguf-values-wrong",
            text,
            remedy="use a Q8_0 or Q6_K file, or load it with gguf-py",
            evidence={"type": kind, "wrong": wrong},
        )


def _overflow(session: Session) -> Iterator[Finding]:
    """BF16 holds what float16 does not; its upper half is that of float32."""
    import numpy as np

    wide = np.full((_ROWS, 32), _BEYOND_HALF, dtype=np.float32)
    blocks = (wide.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    found, refusal = attempt(lambda: _read("BF16", _file(Path(session.scratch), "BF16", blocks)))
    if found is None:
        session.measure("BF16 beyond float16", refusal)
        return
    value = float(found.flat[0])
    session.measure("BF16 beyond float16", str(value))
    # 8 bits of mantissa.
    if not abs(value - _BEYOND_HALF) <= _BEYOND_HALF * 2.0**-7:
        text = f"mlx reads a BF16 weight of {_BEYOND_HALF:g} of a gguf as {value} without a word"
        remedy = "use a safetensors file, which keeps bfloat16, or load it with gguf-py"
        yield fault(session, "mlx-gguf-overflow", text, remedy=remedy)


def _blocks(kind: str) -> Any:
    """Rows of random blocks whose weights are neither tiny nor huge, as bytes."""
    import gguf
    import numpy as np

    random = np.random.default_rng(0)
    if kind in _PLAIN:
        numbers = random.integers(-100, 100, (_ROWS, _COLUMNS))
        return numbers.astype(_PLAIN[kind]).view(np.uint8)
    per_block, block_bytes = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]]
    wanted = _ROWS * _COLUMNS // per_block
    drawn = random.integers(0, 256, (wanted * 60 + 400, block_bytes), dtype=np.uint8)
    with np.errstate(all="ignore"):
        largest = np.abs(_dequantised(kind, drawn).reshape(len(drawn), -1)).max(1)
    chosen = drawn[(largest > _SMALLEST) & (largest < _LARGEST)][:wanted]
    return np.ascontiguousarray(chosen.reshape(_ROWS, -1))


def _dequantised(kind: str, blocks: Any) -> Any:
    import gguf
    import numpy as np

    if kind in _PLAIN:
        return blocks.view(_PLAIN[kind]).astype(np.float64)
    return gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType[kind]).astype(np.float64)


def _file(folder: Path, kind: str, blocks: Any) -> Path:
    import gguf

    path = folder / f"{kind}.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tensor("packed", blocks, raw_dtype=gguf.GGMLQuantizationType[kind])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _read(kind: str, path: Path) -> Any:
    """What MLX makes of the file, in float64; of a quantised type, dequantised by MLX."""
    import mlx.core as mx
    import numpy as np

    loaded: Mapping[str, Any] = mx.load(str(path))
    if "packed" not in loaded:
        raise LookupError("dropped, see mlx-gguf-silent-drop")
    array = loaded["packed"]
    if "packed.scales" in loaded:
        scales, biases = loaded["packed.scales"], loaded["packed.biases"]
        bits = 8 if kind == "Q8_0" else 4
        array = mx.dequantize(array, scales, biases, group_size=32, bits=bits)
    return np.array(array.astype(mx.float32)).astype(np.float64)
