"""Groups the tensors of a header into layers: a weight and what stands beside it."""

from collections.abc import Mapping

from compat.formats.model import TensorInfo

Layer = Mapping[str, TensorInfo]
"""What one layer holds, by the last part of its tensors' names."""

_NF4 = "weight.quant_state.bitsandbytes__nf4"
_FP4 = "weight.quant_state.bitsandbytes__fp4"

LEAVES = (
    # quanto and mmgp
    "weight._data", "weight._scale", "weight._shift", "input_scale", "output_scale",
    # bitsandbytes
    _NF4, _FP4, "weight.absmax", "weight.quant_map", "weight.nested_absmax",
    "weight.nested_quant_map", "SCB", "weight_format",
    # ComfyUI, modelopt, DeepSeek
    "comfy_quant", "scale_weight", "scale_input", "weight_scale", "weight_scale_2",
    "weight_scale_inv", "pre_quant_scale", "weight.scale",
    # AutoAWQ, GPTQ, nunchaku
    "qweight", "qzeros", "scales", "g_idx", "wscales", "wtscale", "wcscales", "smooth_factor",
    # torchao's own flattening into safetensors
    "_weight_qdata", "_weight_scale", "_weight_zero_point", "weight:qdata", "weight:scale",
    # MLX
    "biases",
    "weight",
)  # fmt: skip
"""The names quantisers write; ComfyUI quant_ops, mmgp and optimum-quanto, bitsandbytes 0.4x,
transformers and torchao 0.15, AutoAWQ, GPTQModel, nunchaku, mlx.nn.quantize."""

BNB_4BIT_STATES = (_NF4, _FP4)

# The longest first, so that "weight.absmax" is not taken for a layer called "….weight".
_BY_LENGTH = sorted(LEAVES, key=len, reverse=True)
_LAST_WORDS = frozenset(leaf.rpartition(".")[2] for leaf in LEAVES)
_TELLING_WORDS = _LAST_WORDS - {"weight"}


def layers_of(tensors: Mapping[str, TensorInfo]) -> dict[str, dict[str, TensorInfo]]:
    """The layers of a file by name; a tensor with no known ending is a layer of its own."""
    found: dict[str, dict[str, TensorInfo]] = {}
    for name, tensor in tensors.items():
        layer, leaf = split(name)
        found.setdefault(layer, {})[leaf] = tensor
    return found


def has_companions(tensors: Mapping[str, TensorInfo]) -> bool:
    """Whether any tensor is called as quantisers call what they put beside a weight."""
    return not _TELLING_WORDS.isdisjoint(last_words(tensors))


def last_words(tensors: Mapping[str, TensorInfo]) -> frozenset[str]:
    """What the names end in, behind their last dot; of thousands of tensors a few dozen words."""
    return frozenset([name.rpartition(".")[2] for name in tensors])


def split(name: str) -> tuple[str, str]:
    """Layer and leaf of a tensor's name; the leaf is empty where the ending is not known."""
    if name.rpartition(".")[2] in _LAST_WORDS:
        for leaf in _BY_LENGTH:
            if name.endswith(f".{leaf}"):
                return name[: -len(leaf) - 1], leaf
    return name, ""
