"""GGUF files of every tensor type in MLX's own loader."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault


@probe(
    "mlx-gguf-silent-drop",
    family="mlx",
    needs=Needs(modules=("mlx.core", "gguf", "numpy"), devices=("mlx",)),
)
def mlx_gguf_silent_drop(session: Session) -> Iterator[Finding]:
    """MLX loads every tensor of a GGUF file, or refuses the file.

    ``mx.load`` leaves out tensors of newer types (TQ1_0, TQ2_0, MXFP4, NVFP4, Q1_0 in MLX 0.32)
    without a word, so a model keeps random weights in their place. Compare the names that were
    loaded with the file's own, or use another type, such as Q8_0. Every type is asked that the
    installed gguf-py knows; mlx-gguf-values asks whether the numbers are right.
    """
    import gguf
    import mlx.core as mx

    for kind in gguf.GGMLQuantizationType.__members__:
        path, _ = attempt(partial(_file, Path(session.scratch), kind))
        if path is None:
            session.measure(kind, "this gguf-py cannot write it")
            continue
        loaded, refusal = attempt(partial(mx.load, str(path)))
        dropped = loaded is not None and "packed" not in loaded
        session.measure(kind, refusal or ("dropped" if dropped else "loaded"))
        if dropped:
            text = f"a tensor of type {kind} is missing from what mlx loads of the gguf, silently"
            yield fault(session, "mlx-gguf-tensor-dropped", text)


def _file(folder: Path, kind: str) -> Any:
    import gguf
    import numpy as np

    quantisation = getattr(gguf.GGMLQuantizationType, kind)
    per_block, block_bytes = gguf.GGML_QUANT_SIZES[quantisation]
    path = folder / f"{kind}.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tensor("plain", np.ones((4, 32), dtype=np.float32))
    # 256 weights are whole blocks of every type.
    packed = np.zeros((4, 256 // per_block * block_bytes), dtype=np.uint8)
    writer.add_tensor("packed", packed, raw_dtype=quantisation)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
