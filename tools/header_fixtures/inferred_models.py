"""Model headers whose class is not at hand: another layout's fixture with its names changed."""

import re
from collections.abc import Callable, Iterator, Mapping

from tools.header_fixtures.compact import Entry
from tools.header_fixtures.fixture import FOLDER, INFERRED, Fixture, read_fixture

Tensors = Mapping[str, Entry]

_CONVERTER = "diffusers' convert_animatediff_checkpoint_to_diffusers, read backwards"
_EVOLVED = "AnimateDiff-Evolved's {}, read with the widths of SDXL"

_PUBLISHED = (
    (r"(motion_modules\.\d+)\.", r"\1.temporal_transformer."),
    (r"\.attn1\.", ".attention_blocks.0."), (r"\.attn2\.", ".attention_blocks.1."),
    (r"\.norm1\.", ".norms.0."), (r"\.norm2\.", ".norms.1."), (r"\.norm3\.", ".ff_norm."),
)  # fmt: skip


def fixtures(only: str) -> Iterator[Fixture]:
    """Make every inferred model whose name contains ``only``."""
    for name, (expect, source, build) in ALL.items():
        if only in name:
            yield Fixture(
                name=name, expect=expect, tensors=build(),
                origin={"kind": INFERRED, "source": source},
            )  # fmt: skip


def _of(name: str) -> Tensors:
    return read_fixture(FOLDER / f"{name}.json").tensors


def _published(name: str) -> Tensors:
    """A motion adapter under its publisher's names, which repeat the table in both attentions."""
    found: dict[str, Entry] = {}
    for key, entry in _of(f"{name}-diffusers").items():
        for pattern, other in _PUBLISHED:
            key = re.sub(pattern, other, key)  # noqa: PLW2901
        if key.endswith(".pos_embed.pe"):
            stem = key.removesuffix(".pos_embed.pe")
            for number in (0, 1):
                found[f"{stem}.attention_blocks.{number}.pos_encoder.pe"] = entry
        else:
            found[key] = entry
    return found


def _without_table(name: str) -> Tensors:
    return {key: entry for key, entry in _published(name).items() if "pos_encoder" not in key}


def _hotshot() -> Tensors:
    renamed: dict[str, Entry] = {}
    for key, (dtype, shape) in _published("animatediff-sdxl-beta").items():
        new = re.sub(r"motion_modules\.(\d+)\.temporal_transformer", r"temporal_attentions.\1", key)
        if new.endswith("pos_encoder.pe"):
            new = new.removesuffix("pe") + "positional_encoding"
            shape = (1, 24, shape[2])  # noqa: PLW2901
        renamed[new] = (dtype, shape)
    return renamed


def _fancyvideo() -> Tensors:
    extra = {
        "conv_in.weight": ("F16", (320, 9, 3, 3)), "conv_in.bias": ("F16", (320,)),
        "fps_embedding.linear.weight": ("F16", (1280, 1280)),
        "motion_embedding.linear.weight": ("F16", (1280, 1280)),
    }  # fmt: skip
    return {**_published("animatediff-v2"), **extra}


def _forcing(name: str, width: int) -> Tensors:
    extra = {
        "fps_embedding.weight": ("BF16", (2, width)),
        "fps_projection.0.weight": ("BF16", (width, width)),
        "fps_projection.0.bias": ("BF16", (width,)),
        "fps_projection.2.weight": ("BF16", (width * 6, width)),
        "fps_projection.2.bias": ("BF16", (width * 6,)),
    }
    return {**_of(name), **extra}


_REFINER = r"context_embedder\.token_refiner\.refiner_blocks\."
_HUNYUAN_1_5 = (
    (r"^time_embed\.timestep_embedder\.linear_1", "time_in.mlp.0"),
    (r"^time_embed\.timestep_embedder\.linear_2", "time_in.mlp.2"),
    (r"^context_embedder\.time_text_embed\.timestep_embedder\.linear_1", "txt_in.t_embedder.mlp.0"),
    (r"^context_embedder\.time_text_embed\.timestep_embedder\.linear_2", "txt_in.t_embedder.mlp.2"),
    (r"^context_embedder\.time_text_embed\.text_embedder", "txt_in.c_embedder"),
    (r"^context_embedder\.proj_in", "txt_in.input_embedder"),
    (rf"^{_REFINER}(\d+)\.attn\.to_out\.0",
     r"txt_in.individual_token_refiner.blocks.\1.self_attn_proj"),
    (rf"^{_REFINER}(\d+)\.attn\.to_q", r"txt_in.individual_token_refiner.blocks.\1.self_attn_qkv"),
    (rf"^{_REFINER}(\d+)\.ff\.net\.0\.proj", r"txt_in.individual_token_refiner.blocks.\1.mlp.fc1"),
    (rf"^{_REFINER}(\d+)\.ff\.net\.2", r"txt_in.individual_token_refiner.blocks.\1.mlp.fc2"),
    (rf"^{_REFINER}(\d+)\.norm_out\.linear",
     r"txt_in.individual_token_refiner.blocks.\1.adaLN_modulation.1"),
    (rf"^{_REFINER}", "txt_in.individual_token_refiner.blocks."),
    (r"^context_embedder_2\.norm", "byt5_in.layernorm"),
    (r"^context_embedder_2\.linear_", "byt5_in.fc"),
    (r"^image_embedder\.norm_in", "vision_in.proj.0"),
    (r"^image_embedder\.linear_1", "vision_in.proj.1"),
    (r"^image_embedder\.linear_2", "vision_in.proj.3"),
    (r"^image_embedder\.norm_out", "vision_in.proj.4"),
    (r"^x_embedder", "img_in"), (r"^cond_type_embed", "cond_type_embedding"),
    (r"^transformer_blocks\.", "double_blocks."),
    (r"\.norm1\.linear", ".img_mod.linear"), (r"\.norm1_context\.linear", ".txt_mod.linear"),
    (r"\.attn\.to_([qkv])", r".img_attn_\1"), (r"\.attn\.norm_([qk])", r".img_attn_\1_norm"),
    (r"\.attn\.to_out\.0", ".img_attn_proj"), (r"\.attn\.add_([qkv])_proj", r".txt_attn_\1"),
    (r"\.attn\.norm_added_([qk])", r".txt_attn_\1_norm"),
    (r"\.attn\.to_add_out", ".txt_attn_proj"),
    (r"\.ff\.net\.0\.proj", ".img_mlp.fc1"), (r"\.ff\.net\.2", ".img_mlp.fc2"),
    (r"\.ff_context\.net\.0\.proj", ".txt_mlp.fc1"), (r"\.ff_context\.net\.2", ".txt_mlp.fc2"),
    (r"^norm_out\.linear", "final_layer.adaLN_modulation.1"), (r"^proj_out", "final_layer.linear"),
)  # fmt: skip


def _hunyuan_1_5() -> Tensors:
    """Tencent's own names keep q, k and v apart in the blocks and together in the refiner."""
    found: dict[str, Entry] = {}
    for key, (dtype, shape) in _of("hunyuan-video-1-5-diffusers").items():
        if re.search(r"refiner_blocks\.\d+\.attn\.to_[kv]\.", key):
            continue
        fused = re.search(r"refiner_blocks\.\d+\.attn\.to_q\.", key)
        for pattern, other in _HUNYUAN_1_5:
            key = re.sub(pattern, other, key)  # noqa: PLW2901
        found[key] = (dtype, (shape[0] * 3, *shape[1:]) if fused else shape)
    return found


ALL: Mapping[str, tuple[str, str, Callable[[], Tensors]]] = {
    **{
        name: (name, _CONVERTER, lambda name=name: _published(name))  # type: ignore[misc]
        for name in ("animatediff-v1", "animatediff-v2", "animatediff-v3", "animatediff-sdxl-beta",
                     "pia")
    },
    "animatelcm": ("animatelcm", _CONVERTER, lambda: _without_table("animatediff-v2")),
    "hotshot-xl": ("hotshot-xl", _EVOLVED.format("motion_module_hsxl.py"), _hotshot),
    "fancyvideo": ("fancyvideo", _EVOLVED.format("adapter_fancyvideo.py"), _fancyvideo),
    "hunyuan-video-1-5": (
        "hunyuan-video-1-5", "diffusers' convert_hunyuan_video1_5_to_diffusers.py, read backwards",
        _hunyuan_1_5,
    ),
    "wan-skyreels-v2-df-14b": (
        "wan-skyreels-v2-df-14b", "WanGP's models/wan/modules/model.py",
        lambda: _forcing("wan-t2v-14b", 5120),
    ),
    "wan-skyreels-v2-df-1-3b": (
        "wan-skyreels-v2-df-1-3b", "WanGP's models/wan/modules/model.py",
        lambda: _forcing("wan-t2v-1-3b", 1536),
    ),
}  # fmt: skip
