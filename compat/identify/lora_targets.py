"""Reads the names of a LoRA: which layers it changes, by which kind of matrices, at which rank."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from compat.formats.model import TensorInfo

_ENDING = re.compile(
    r"(?:\.(?P<kind>lora_[ABab]|lora_embedding_[AB]|lora_(?:down|up|mid)|lora_linear_layer\.(?:down|up)"
    r"|alpha|lora_alpha|dora_scale|lora_magnitude_vector|hada_[wt][12](?:_[ab])?"
    r"|lokr_[wt][12](?:_[ab])?|diff|diff_b|set_weight|w_norm|b_norm|oft_blocks|oft_diag"
    r"|reshape_weight)|[._](?P<old>lora\.(?:down|up)))"
    r"(?:\.(?!weight$|bias$)[\w-]{1,64})?(?P<tail>\.weight|\.bias)?$"
)
"""Endings by training tool: peft (lora_A, with the adapter's name between or not), kohya
(lora_down, alpha), old diffusers (to_q_lora.down, lora_linear_layer), llama.cpp (lora_a), LyCORIS
(hada, lokr, oft, norms), DoRA (dora_scale, lora_magnitude_vector), ComfyUI's patches (diff,
set_weight)."""

_KINDS = {
    "lora_A": "down", "lora_a": "down", "lora_down": "down", "lora.down": "down",
    "lora_linear_layer.down": "down", "lora_embedding_A": "down",
    "lora_B": "up", "lora_b": "up", "lora_up": "up", "lora.up": "up",
    "lora_linear_layer.up": "up", "lora_embedding_B": "up",
    "lora_mid": "mid", "lora_alpha": "alpha", "lora_magnitude_vector": "dora_scale",
}  # fmt: skip

_HOSTS = (
    ("Hunyuan_video_I2V_lora_", ""),
    ("lora_te1_", "text-encoder"), ("lora_te2_", "text-encoder-2"), ("lora_te3_", "text-encoder-3"),
    ("lora_te_", "text-encoder"), ("lora_unet_", ""), ("lora_transformer_", ""), ("lycoris_", ""),
    ("base_model.model.", ""), ("model.diffusion_model.", ""), ("diffusion_model.", ""),
    ("transformer_2.", "second expert"), ("transformer.", ""), ("unet.", ""),
    ("text_encoder_2.", "text-encoder-2"), ("text_encoder_3.", "text-encoder-3"),
    ("text_encoder.", "text-encoder"), ("text_encoders.", "text-encoder"), ("model.", ""),
)  # fmt: skip
"""Beginnings by tool, and the part of a pipeline they speak of; "" is the denoiser."""

_MOST_WRAPPERS = 4

_LONGEST_ENDING = 160
"""Characters; an adapter's name has at most 64. Names come from hostile files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One layer that is changed.

    ``name`` has underscores for dots, since kohya's tools write them so; ``shown`` is as in the
    file. ``parts`` are its tensors by kind: down and up, mid, alpha, dora_scale, hada_*, lokr_*,
    diff and so on. ``twice`` names a kind that stands twice. ``ranks`` are the inner sizes that the
    matrices state, and more than one means that they disagree; ``into`` and ``out`` are the sizes
    of the layer itself, None where the matrices do not tell.
    """

    name: str
    shown: str
    host: str
    parts: Mapping[str, TensorInfo]
    ranks: tuple[int, ...] = ()
    into: int | None = None
    out: int | None = None
    twice: str = ""


@dataclass(slots=True)
class _Draft:
    shown: str
    host: str
    parts: dict[str, TensorInfo] = field(default_factory=dict)
    twice: str = ""


def read_targets(tensors: Mapping[str, TensorInfo]) -> tuple[list[Target], list[str]]:
    """The layers a LoRA changes, and the names that are no part of one."""
    drafts: dict[tuple[str, str], _Draft] = {}
    others: list[str] = []
    for name, tensor in tensors.items():
        hit = _ENDING.search(name, max(0, len(name) - _LONGEST_ENDING))
        if hit is None or hit.start() == 0:
            others.append(name)
            continue
        shown = name[: hit.start()]
        host, bare = _placed(shown)
        kind = _kind(hit)
        draft = drafts.setdefault((host, _flat(bare)), _Draft(shown, host))
        if kind in draft.parts:
            draft.twice = kind
        draft.parts[kind] = tensor
    targets = [
        Target(
            name=flat,
            shown=draft.shown,
            host=host,
            parts=draft.parts,
            ranks=tuple(sorted(set(_ranks(draft.parts)))),
            into=_into(draft.parts),
            out=_out(draft.parts),
            twice=draft.twice,
        )
        for (host, flat), draft in drafts.items()
    ]
    return targets, others


def _kind(hit: re.Match[str]) -> str:
    found = hit["kind"] or hit["old"]
    kind = _KINDS.get(found, found)
    return f"{kind}.bias" if hit["tail"] == ".bias" else kind


def _placed(stem: str) -> tuple[str, str]:
    host = ""
    for _ in range(_MOST_WRAPPERS):
        for start, part in _HOSTS:
            if stem.startswith(start) and len(stem) > len(start):
                stem = stem.removeprefix(start)
                host = host or part
                break
        else:
            break
    return host, stem


def _flat(name: str) -> str:
    # Old diffusers files name the attention processor between the layer and its projection.
    return name.replace(".", "_").replace("_processor_", "_")


def _ranks(parts: Mapping[str, TensorInfo]) -> Iterator[int]:
    for kind, axis in (
        ("down", 0), ("up", 1), ("hada_w1_a", 1), ("hada_w1_b", 0), ("hada_w2_a", 1),
        ("hada_w2_b", 0), ("lokr_w2_a", 1), ("lokr_w2_b", 0),
    ):  # fmt: skip
        # With a Tucker core the factors stand transposed and only the core tells.
        size = None if "hada_t1" in parts else _side(parts, kind, axis)
        if size is not None:
            yield size


def _side(parts: Mapping[str, TensorInfo], kind: str, axis: int) -> int | None:
    tensor = parts.get(kind)
    return tensor.shape[axis] if tensor is not None and axis < len(tensor.shape) else None


def _into(parts: Mapping[str, TensorInfo]) -> int | None:
    for kind in ("down", "hada_w1_b", "diff", "set_weight"):
        size = _side(parts, kind, 1)
        if size is not None:
            return size
    return _product(parts, ("lokr_w1", "lokr_w1_b"), ("lokr_w2", "lokr_w2_b"), 1)


def _out(parts: Mapping[str, TensorInfo]) -> int | None:
    for kind in ("up", "hada_w1_a", "diff", "set_weight", "diff_b"):
        size = _side(parts, kind, 0)
        if size is not None:
            return size
    return _product(parts, ("lokr_w1", "lokr_w1_a"), ("lokr_w2", "lokr_w2_a"), 0)


def _product(
    parts: Mapping[str, TensorInfo], first: tuple[str, ...], second: tuple[str, ...], axis: int
) -> int | None:
    """A Kronecker product's side is the product of its factors'."""
    sides = [
        next((size for kind in kinds if (size := _side(parts, kind, axis)) is not None), None)
        for kinds in (first, second)
    ]
    return sides[0] * sides[1] if sides[0] is not None and sides[1] is not None else None
