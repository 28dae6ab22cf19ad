"""Sizes of an operation that known faults ask for; each is 0 where it does not apply."""

from collections.abc import Callable, Mapping
from math import prod

from compat.backends.kernel_facts import kernel_table
from compat.core.versions import satisfies
from compat.predict.model import Asked, OpSeen

PREFILL_HEADS = (32, 64, 72, 80, 96, 128, 256)
"""Head widths of MPS's attention kernels that need no score matrix (names of
prefill_attention_*_bd* in the macOS wheels from torch 2.13 on)."""

VECTOR_QUERIES = 8
"""Up to so many queries MPS has vector kernels in every version looked at (Attention.mm)."""

FUSED_CUDA_HALF = 8.0
"""Compute capability from which CUDA's fused attention takes bfloat16 (sdp_utils.cpp)."""

VIEWS = ("view", "_unsafe_view", "expand", "slice", "select", "permute", "transpose", "t",
         "unsqueeze", "squeeze", "split", "split_with_sizes", "unbind", "as_strided", "detach",
         "alias", "unfold", "unsafe_split", "chunk", "view_as_complex", "view_as_real",
         "lift_fresh", "empty", "new_empty", "empty_like", "_reshape_alias", "diagonal",
         "movedim")  # fmt: skip
"""Operations that compute nothing: what they return may look large and take no memory."""


ROCM_FUSED: Mapping[str, str] = {
    "gfx90a": ">=2.3", "gfx942": ">=2.3", "gfx1100": ">=2.7", "gfx1101": ">=2.7",
    "gfx950": ">=2.8", "gfx1201": ">=2.8",
}  # fmt: skip
"""From which torch on AMD cards have fused attention without a switch: AOTriton's list of cards and
of those that count as experimental (util.cc of 0.9 and 0.10, which torch 2.7 and 2.8 bring)."""

ROCM_UNCLEAR = ("gfx1102", "gfx1103", "gfx115", "gfx12")
"""Cards with kernels in newer AOTriton whose state by version is not known; they count as fused,
because memory is a lower bound."""

ROCM_WIDEST = 256
"""Head width that fused attention takes on every AMD card (sdp_utils.cpp, aotriton_max_hdim: 512
with AOTriton 0.9 and later, 256 on gfx11)."""


def any_size(_op: OpSeen, _asked: Asked) -> int:
    """1: the fault is there at any size."""
    return 1


def scores(op: OpSeen, _asked: Asked | None = None) -> int:
    """Elements of the score matrix [batch, heads, queries, keys] of an attention."""
    if len(op.inputs) < 3 or len(op.inputs[0].shape) < 2:
        return 0
    query, key = op.inputs[0].shape, op.inputs[1].shape
    return prod(query[:-1]) * key[-2]


def materialised_scores(op: OpSeen, asked: Asked) -> int:
    """Elements of the score matrix where this device has no kernel that does without it."""
    return scores(op) if materialises(op, asked) else 0


def materialised_keys(op: OpSeen, asked: Asked) -> int:
    """Keys each query is summed over where the score matrix is materialised."""
    return op.inputs[1].shape[-2] if materialises(op, asked) else 0


def materialises(op: OpSeen, asked: Asked) -> bool:
    """Whether this attention needs its whole score matrix in memory on that device."""
    if not op.op.startswith("aten::scaled_dot_product_attention") or len(op.inputs) < 3:
        return False
    query, key, value = op.inputs[:3]
    if asked.kind == "cuda":
        return query.dtype == "BF16" and (asked.capability or FUSED_CUDA_HALF) < FUSED_CUDA_HALF
    if asked.kind == "rocm":
        return not _fused_on_rocm(query.shape[-1], asked)
    if asked.kind == "mlx":
        return False
    if query.shape[-2] <= VECTOR_QUERIES:
        return False
    heads = {query.shape[-1], key.shape[-1], value.shape[-1]}
    fused = kernel_table().has_text("prefill_attention_", asked.torch)
    return not (fused and len(heads) == 1 and heads <= {*PREFILL_HEADS})


def _fused_on_rocm(width: int, asked: Asked) -> bool:
    if not asked.arch:
        return True
    since = ROCM_FUSED.get(asked.arch)
    if since is None:
        return asked.arch.startswith(ROCM_UNCLEAR)
    if asked.torch and satisfies(asked.torch, since) is False:
        return False
    return width <= (ROCM_WIDEST if asked.arch.startswith("gfx11") else 2 * ROCM_WIDEST)


def left_elements(op: OpSeen, _asked: Asked) -> int:
    """Elements of the left matrix of a product."""
    matrices = [tensor for tensor in op.inputs if len(tensor.shape) >= 2]
    bias_first = plain_name(op) in ("addmm", "baddbmm") and len(matrices) == 3
    return matrices[1 if bias_first else 0].elements if matrices else 0


def rows(op: OpSeen, asked: Asked) -> int:
    """Rows of the matrix that a product makes; of a batched one those of one matrix."""
    shape = op.outputs[0].shape if op.outputs else ()
    if plain_name(op) in ("bmm", "baddbmm"):
        return shape[-2]
    return output_elements(op, asked) // max(shape[-1], 1) if shape else 0


def unfolded_elements(op: OpSeen, _asked: Asked) -> int:
    """Elements of the matrix that a 3-D convolution is unfolded into: places by values under it."""
    if not _is_conv3d(op) or not op.outputs:
        return 0
    places = prod(op.outputs[0].shape[2:]) * op.outputs[0].shape[0]
    return places * prod(op.inputs[1].shape[1:])


def largest_elements(op: OpSeen, _asked: Asked) -> int:
    """Elements of the largest input or output."""
    return max((tensor.elements for tensor in op.tensors), default=0)


def output_elements(op: OpSeen, _asked: Asked) -> int:
    """Elements of the largest output."""
    return max((tensor.elements for tensor in op.outputs), default=0)


def computed_elements(op: OpSeen, asked: Asked) -> int:
    """Elements of the largest output of an operation that is no mere view."""
    return 0 if plain_name(op) in VIEWS else output_elements(op, asked)


def inner(op: OpSeen, _asked: Asked) -> int:
    """How many products are summed into one value of a matrix product."""
    matrices = [tensor.shape for tensor in op.inputs if len(tensor.shape) >= 2]
    return matrices[-1][-2] if len(matrices) >= 2 else 0


def biased_rows(op: OpSeen, _asked: Asked) -> int:
    """Rows of a linear layer with a bias whose input has three or more axes."""
    if len(op.inputs) < 3 or len(op.inputs[0].shape) < 3:
        return 0
    return prod(op.inputs[0].shape[:-1])


def temporal_pad_plane(op: OpSeen, _asked: Asked) -> int:
    """Pixels of one frame where a 5-D tensor [n, c, t, h, w] is padded along t."""
    pad = op.details.get("pad")
    if not isinstance(pad, list | tuple) or len(pad) < 6 or len(op.inputs[0].shape) != 5:
        return 0
    return prod(op.inputs[0].shape[-2:]) if any(pad[4:6]) else 0


def output_channels(op: OpSeen, _asked: Asked) -> int:
    """Channels a convolution makes."""
    shape = op.outputs[0].shape if op.outputs else ()
    return shape[1] if len(shape) > 2 else 0


def conv3d(op: OpSeen, _asked: Asked) -> int:
    """1 for a 3-D convolution that is not transposed."""
    return int(_is_conv3d(op) and not op.details.get("transposed"))


def transposed_conv3d(op: OpSeen, _asked: Asked) -> int:
    """1 for a transposed 3-D convolution."""
    return int(_is_conv3d(op) and bool(op.details.get("transposed")))


def conv3d_output_elements(op: OpSeen, asked: Asked) -> int:
    """Elements that a 3-D convolution makes."""
    return output_elements(op, asked) if _is_conv3d(op) else 0


def sorted_length(op: OpSeen, _asked: Asked) -> int:
    """Length of the longest axis that may be sorted along."""
    return max((max(tensor.shape, default=0) for tensor in op.inputs), default=0)


def outer_product_elements(op: OpSeen, asked: Asked) -> int:
    """Elements of a batched product that sums over one value."""
    return output_elements(op, asked) if inner(op, asked) == 1 else 0


def _is_conv3d(op: OpSeen) -> bool:
    return len(op.inputs) > 1 and len(op.inputs[1].shape) == 5


def plain_name(op: OpSeen) -> str:
    """The operation's name without namespace and overload."""
    return op.op.removeprefix("aten::").partition(".")[0]


SIZES: Mapping[str, Callable[[OpSeen, Asked], int]] = {
    "any": any_size,
    **{
        size.__name__: size
        for size in (
            scores, materialised_scores, materialised_keys, left_elements, rows, unfolded_elements,
            largest_elements, output_elements,
            computed_elements, inner, biased_rows, temporal_pad_plane, output_channels, conv3d,
            transposed_conv3d, conv3d_output_elements, sorted_length, outer_product_elements,
        )
    },
}  # fmt: skip
"""By the word that facts/silent_bugs.toml uses."""
