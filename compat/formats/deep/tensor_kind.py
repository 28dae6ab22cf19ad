"""Decides from a tensor's declaration how its bytes are to be looked at."""

from dataclasses import dataclass
from functools import cache

from compat.formats.deep.float_bits import FLOATS, PLAIN_WORDS, FloatBits
from compat.formats.deep.ggml_scales import LAYOUTS, BlockLayout
from compat.formats.dtypes import GGML_TYPES, SAFETENSORS_BITS
from compat.formats.model import TensorInfo
from compat.formats.quantised.recognise import SCALES

WEIGHT_SCALES = (*(f".{name}" for name in SCALES), "._scale", ".weight_scale_2")
"""Names of factors that weights are multiplied with; the last two are quanto's and nvfp4's."""

OTHER_SCALES = (".input_scale", ".output_scale", ".scale_input")
"""Names of factors of activations: ComfyUI, quanto, ModelOpt."""

_SCALES = (*WEIGHT_SCALES, *OTHER_SCALES)

_KNOWN = frozenset(SAFETENSORS_BITS) | {name for name, _, _ in GGML_TYPES.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorKind:
    """How to look at a tensor: as floats, as ggml blocks, or as plain words of ``word`` bytes.

    ``matrix``: at least two sides are longer than 1, so that zeros and one single value mean
    something. ``holds_weights``: pages of zeros or of text in it are worth a word.
    """

    word: int
    bits: FloatBits | None = None
    layout: BlockLayout | None = None
    matrix: bool = False
    scale: bool = False

    @property
    def holds_weights(self) -> bool:
        """Whether its type is one that weights have, and its shape a matrix."""
        return self.matrix and (self.bits is not None or self.layout is not None or self.word == 1)


def kind_of(tensor: TensorInfo) -> TensorKind | None:
    """How to look at ``tensor``; None for a type nobody here knows, which is never a pass."""
    if tensor.dtype not in _KNOWN:
        return None
    matrix = is_matrix(tensor) and tensor.dtype != "BOOL"
    return _kind(tensor.dtype, matrix=matrix, scale=is_scale(tensor.name))


@cache  # some dozens of kinds, asked for by every tensor of every file
def _kind(dtype: str, *, matrix: bool, scale: bool) -> TensorKind:
    bits, layout = FLOATS.get(dtype), LAYOUTS.get(dtype)
    if bits is not None:
        word = bits.word
    elif layout is not None:
        word = layout.size
    else:
        word = PLAIN_WORDS.get(dtype, 1)
    return TensorKind(word=word, bits=bits, layout=layout, matrix=matrix, scale=scale)


def is_matrix(tensor: TensorInfo) -> bool:
    """Whether at least two sides are longer than 1."""
    return sum(side > 1 for side in tensor.shape) > 1


def is_scale(name: str) -> bool:
    """Whether the name says that weights or activations are multiplied with it."""
    return name.endswith(_SCALES)
