"""A GGUF file as city96's tools make it of a published checkpoint.

Which tensors they quantise: matrices (two axes) named ``weight`` whose rows are a whole number of
blocks, but for the family's embeddings and last layer; not what is small (tools/convert.py, up to
1024 numbers) or has one axis, which stays float32. A kernel with five axes is more than
llama.cpp's own tools take and is put in afterwards, in float32 (tools/fix_5d_tensors.py).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probes.renders.original_layout.layout import Layout
from probes.renders.original_layout.packing import State

SMALL = 1024
MOST_AXES = 4
_MATRIX, _BLOCK = 2, 32
ALWAYS_WIDE = ("modulation", "scale_shift_table", "pos_frequencies")
"""Free parameters, which convert.py keeps in float32 (its ``keys_hiprec``)."""

UNQUANTISED = {"Q8_0": "F16", "Q4_0": "BF16"}
"""How the rest is kept. Files of both kinds are published, by the dtype of their source; here each
quantisation comes with one of them."""


def type_of(name: str, tensor: Any, quantisation: str, layout: Layout) -> str:
    """The name of the GGML type in which a published file keeps the tensor."""
    if tensor.ndim <= 1 or tensor.numel() <= SMALL or tensor.ndim > MOST_AXES:
        return "F32"
    if any(word in name for word in ALWAYS_WIDE):
        return "F32"
    free = any(word in name for word in layout.kept)
    whole = tensor.ndim == _MATRIX and tensor.shape[-1] % _BLOCK == 0
    if whole and name.endswith(".weight") and not free:
        return quantisation
    return UNQUANTISED[quantisation]


def write(path: Path, state: Mapping[str, Any], quantisation: str, layout: Layout) -> None:
    """Write ``state``, which is in the published layout without any prefix."""
    import gguf

    writer = gguf.GGUFWriter(path, arch=layout.architecture)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_file_type(getattr(gguf.LlamaFileType, f"MOSTLY_{quantisation}"))
    for name, tensor in state.items():
        kind = getattr(gguf.GGMLQuantizationType, type_of(name, tensor, quantisation, layout))
        values = tensor.detach().float().contiguous().numpy()
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def what_is_left(state: Mapping[str, Any], quantisation: str, layout: Layout) -> State:
    """The values of ``state`` after :func:`write`, by gguf-py's own dequantisation."""
    import gguf
    import torch

    made: State = {}
    for name, tensor in state.items():
        kind = getattr(gguf.GGMLQuantizationType, type_of(name, tensor, quantisation, layout))
        values = tensor.detach().float().contiguous().numpy()
        back = gguf.quants.dequantize(gguf.quants.quantize(values, kind), kind)
        made[name] = torch.from_numpy(back.copy()).reshape(tensor.shape)
    return made
