"""LoRAs as training tools write them: layers and sizes of a real model, names by tool.

Which layers a tool trains, and how it names the matrices, is known from the tools' code; the layers
and their sizes come from the fixture of the base.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from tools.header_fixtures.build import BF16, F16
from tools.header_fixtures.compact import Entry
from tools.header_fixtures.fixture import FOLDER, INFERRED, Fixture, read_fixture

Tensors = dict[str, Entry]
Naming = Callable[[str, tuple[int, ...], int], Tensors]

_ATTENTION = r"attn[12]\.to_(q|k|v|out\.0)$"
_WAN = r"(self_attn|cross_attn)\.([qkvo]|[kv]_img)$|ffn\.[02]$"
_DOUBLE = r"(double|single)_blocks\.\d+\.(.*_(qkv|proj)|.*(attn\.(qkv|proj)|mlp\.[02])|linear[12])$"


def _peft(prefix: str) -> Naming:
    def name(layer: str, shape: tuple[int, ...], rank: int) -> Tensors:
        rows, columns = shape[:2]
        return {
            f"{prefix}{layer}.lora_A.weight": (BF16, (rank, columns, *_ones(shape))),
            f"{prefix}{layer}.lora_B.weight": (BF16, (rows, rank, *_ones(shape))),
        }

    return name


def _peft_default(layer: str, shape: tuple[int, ...], rank: int) -> Tensors:
    found = _peft("base_model.model.")(layer, shape, rank)
    return {name.replace(".weight", ".default.weight"): entry for name, entry in found.items()}


def _kohya(prefix: str) -> Naming:
    def name(layer: str, shape: tuple[int, ...], rank: int) -> Tensors:
        stem = prefix + layer.replace(".", "_")
        rows, columns = shape[:2]
        return {
            f"{stem}.lora_down.weight": (F16, (rank, columns, *shape[2:])),
            f"{stem}.lora_up.weight": (F16, (rows, rank, *_ones(shape))),
            f"{stem}.alpha": (F16, ()),
        }

    return name


def _motion(layer: str, shape: tuple[int, ...], rank: int) -> Tensors:
    """AnimateDiff names attention by number, diffusers' adapter by attn1 and attn2."""
    for number in (0, 1):
        layer = layer.replace(
            f".transformer_blocks.0.attn{number + 1}.",
            f".temporal_transformer.transformer_blocks.0.attention_blocks.{number}.",
        )
    stem, _, projection = layer.removesuffix(".0").rpartition(".")
    rows, columns = shape
    return {
        f"{stem}.processor.{projection}_lora.down.weight": (F16, (rank, columns)),
        f"{stem}.processor.{projection}_lora.up.weight": (F16, (rows, rank)),
    }


def _loha(layer: str, shape: tuple[int, ...], rank: int) -> Tensors:
    stem = "lycoris_" + layer.replace(".", "_")
    rows, columns = shape
    found: Tensors = {f"{stem}.alpha": (F16, ())}
    for factor in ("w1", "w2"):
        found[f"{stem}.hada_{factor}_a"] = (F16, (rows, rank))
        found[f"{stem}.hada_{factor}_b"] = (F16, (rank, columns))
    return found


def _lokr(layer: str, shape: tuple[int, ...], rank: int) -> Tensors:
    stem = f"diffusion_model.{layer}"
    rows, columns = shape
    return {
        f"{stem}.lokr_w1": (BF16, (4, 4)),
        f"{stem}.lokr_w2_a": (BF16, (rows // 4, rank)),
        f"{stem}.lokr_w2_b": (BF16, (rank, columns // 4)),
        f"{stem}.alpha": (BF16, ()),
    }


def _dora(layer: str, shape: tuple[int, ...], rank: int) -> Tensors:
    return {
        **_peft("diffusion_model.")(layer, shape, rank),
        f"diffusion_model.{layer}.dora_scale": (BF16, (shape[0], 1)),
    }


def _difference(layer: str, shape: tuple[int, ...], rank: int) -> Tensors:
    stem = f"diffusion_model.{layer}"
    found = _kohya("")("x", shape, rank)
    return {
        f"{stem}.lora_down.weight": found["x.lora_down.weight"],
        f"{stem}.lora_up.weight": found["x.lora_up.weight"],
        f"{stem}.diff_b": (F16, (shape[0],)),
    }


def _ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (1,) * (len(shape) - 2)


def _trained(base: str, layers: str, naming: Naming, rank: int) -> Tensors:
    found: Tensors = {}
    pattern = re.compile(layers)
    for name, (_, shape) in read_fixture(FOLDER / f"{base}.json").tensors.items():
        layer = name.removesuffix(".weight")
        if layer != name and len(shape) >= 2 and pattern.search(layer):
            found |= naming(layer, shape, rank)
    return found


_CLIP = r"encoder\.layers\.\d+\.(self_attn\.(q|k|v|out)_proj|mlp\.fc[12])$"
_SD = r"attn[12]\.to_(q|k|v|out\.0)$|ff\.net\.(0\.proj|2)$|proj_(in|out)$"
_GATED = r"(attn[12]|_attn)\.to_(q|k|v|out\.0|gate_logits)$"
_ALL_LTX_2 = r"to_(q|k|v|out\.0)$|net\.(0\.proj|2)$|adaln_single\.linear$|patchify_proj$|proj_out$"

Recipe = tuple[str, tuple[tuple[str, str, Naming], ...], int, Mapping[str, str]]
ALL: Mapping[str, Recipe] = {
    "lora-ltx-video-2b": ("lora-ltx-video-2b", (
        ("ltx-video-2b-diffusers", _ATTENTION, _peft("transformer.")),), 64, {}),
    "lora-ltx-video-13b": ("lora-ltx-video-13b", (
        ("ltx-video-13b", f"{_ATTENTION}|caption_projection", _peft("diffusion_model.")),),
        128, {}),
    "lora-ltx-4096-attention-only": ("lora", (
        ("ltx-video-13b", _ATTENTION, _peft("diffusion_model.")),), 32, {}),
    "lora-ltx-2-distilled": ("lora-ltx-2-19b", (
        ("ltx-2-19b", _ALL_LTX_2, _peft("diffusion_model.")),), 384, {}),
    "lora-ltx-2-ic": ("lora-ltx2", (
        ("ltx-2-19b", r"(attn[12]|_attn)\.to_(q|k|v|out\.0)$", _peft("diffusion_model.")),), 32,
        {"reference_downscale_factor": "2"}),
    "lora-ltx-2-3": ("lora-ltx-2-3-22b", (
        ("ltx-2-3-22b", _GATED, _peft("diffusion_model.")),), 384, {}),
    "lora-wan-14b-musubi": ("lora-wan-14b", (
        ("wan-t2v-14b", _WAN, _kohya("lora_unet_")),), 32, {}),
    "lora-wan-14b-comfyui": ("lora-wan-14b", (
        ("wan-t2v-14b", _WAN, _peft("diffusion_model.")),), 64, {}),
    "lora-wan-i2v-14b": ("lora-wan-i2v-14b", (
        ("wan-i2v-14b", _WAN, _peft("diffusion_model.")),), 64, {}),
    "lora-wan-1-3b-diffusers": ("lora-wan-1-3b", (
        ("wan-t2v-1-3b-diffusers", _ATTENTION, _peft("transformer.")),), 16, {}),
    "lora-wan-5b": ("lora-wan-2-2-ti2v-5b", (
        ("wan-2-2-ti2v-5b", _WAN, _peft("diffusion_model.")),), 32, {}),
    "lora-wan-14b-difference": ("lora-wan-14b", (
        ("wan-t2v-14b", _WAN, _difference),), 32, {}),
    "lora-wan-14b-loha": ("lora-wan-14b", (("wan-t2v-14b", _WAN, _loha),), 8, {}),
    "lora-hunyuan-video-musubi": ("lora-hunyuan-video", (
        ("hunyuan-video", _DOUBLE, _kohya("lora_unet_")),), 32, {}),
    "lora-hunyuan-video-comfyui": ("lora-hunyuan-video", (
        ("hunyuan-video-comfyui", _DOUBLE, _peft("diffusion_model.")),), 32, {}),
    "lora-hunyuan-video-diffusers": ("lora-hunyuan-video", (
        ("hunyuan-video-diffusers", r"blocks\.\d+\.attn\.to_(q|k|v|out\.0)$",
         _peft("transformer.")),), 16, {}),
    "lora-hunyuan-video-1-5": ("lora-hunyuan-video-1-5", (
        ("hunyuan-video-1-5-comfyui", _DOUBLE, _peft("diffusion_model.")),), 32, {}),
    "lora-cogvideox-5b": ("lora-cogvideox-5b", (
        ("cogvideox-5b-diffusers", _ATTENTION, _peft("transformer.")),), 128, {}),
    "lora-cogvideox-2b": ("lora-cogvideox-2b", (
        ("cogvideox-2b-diffusers", _ATTENTION, _peft("transformer.")),), 64, {}),
    "lora-mochi-diffusers": ("lora-mochi-1", (
        ("mochi-1-diffusers", _ATTENTION, _peft("transformer.")),), 16, {}),
    "lora-sd-1-5-kohya": ("lora-sd-1-5", (
        ("sd-1-5-diffusers", _SD, _kohya("lora_unet_")),
        ("clip-l", _CLIP, _kohya("lora_te_"))), 16, {}),
    "lora-sdxl-kohya": ("lora-sdxl", (
        ("sdxl-diffusers", _SD, _kohya("lora_unet_")), ("clip-l", _CLIP, _kohya("lora_te1_")),
        ("clip-g", _CLIP, _kohya("lora_te2_"))), 16, {}),
    "lora-animatediff-motion": ("lora-animatediff", (
        ("animatediff-v2-diffusers", _ATTENTION, _motion),), 8, {}),
    "lora-ltx-video-2b-lokr": ("lora-ltx-video-2b", (
        ("ltx-video-2b", _ATTENTION, _lokr),), 8, {}),
    "lora-ltx-video-2b-dora": ("lora-ltx-video-2b", (
        ("ltx-video-2b", _ATTENTION, _dora),), 16, {}),
    "lora-llama": ("lora", (("llama-3-8b", r"self_attn\.[qv]_proj$", _peft_default),), 8, {}),
}  # fmt: skip
"""Fixture, id, what is trained under which names, rank, metadata."""


def fixtures(only: str) -> Iterator[Fixture]:
    """Make every LoRA whose name contains ``only``."""
    for name, (expect, recipe, rank, metadata) in ALL.items():
        if only in name:
            tensors: Tensors = {}
            for base, layers, naming in recipe:
                tensors |= _trained(base, layers, naming, rank)
            yield Fixture(
                name=name, expect=expect, tensors=tensors, metadata=metadata,
                origin={"kind": INFERRED, "source": "names as the training tool writes them",
                        "bases": [base for base, _, _ in recipe], "rank": rank},
            )  # fmt: skip
