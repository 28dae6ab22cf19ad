"""Headers of published models: tools/header_fixtures/README.md says how they are made."""

import json
import math
from pathlib import Path

import pytest

from compat.formats.dtypes import SAFETENSORS_BITS
from compat.formats.model import Header, TensorInfo
from tools.header_fixtures.fixture import read_fixtures

HEADERS = read_fixtures()
"""Every fixture of tests/identify/headers by name."""


def header_of_entries(tensors, *, metadata=None, prefix="", path="x.safetensors", kind=""):
    """A Header of ``{name: (dtype, shape)}``, laid out without holes as a writer would."""
    found, at = {}, 1000
    for name, (dtype, shape) in tensors.items():
        size = math.prod(shape) * SAFETENSORS_BITS.get(dtype, 8) // 8
        found[prefix + name] = TensorInfo(prefix + name, dtype, tuple(shape), at, at + size)
        at += size
    return Header(
        path=Path(path),
        format=kind or "safetensors",
        tensors=found,
        metadata=metadata or {},
        data_start=1000,
        file_size=at,
    )


def blocks(stem, count, tail, shape):
    return {f"{stem}.{number}.{tail}": shape for number in range(count)}


def ltx(width, layers):
    return {
        "patchify_proj.weight": (width, 128),
        "adaln_single.linear.weight": (6 * width, width),
        "caption_projection.linear_1.weight": (width, 4096),
        **blocks("transformer_blocks", layers, "scale_shift_table", (6, width)),
    }


def ltx2(*, newer, keyframes=False):
    found = {
        "patchify_proj.weight": (4096, 128),
        "audio_adaln_single.linear.weight": (12288, 2048),
        "adaln_single.linear.weight": (36864 if newer else 24576, 4096),
        **blocks("transformer_blocks", 48, "scale_shift_table", (9 if newer else 6, 4096)),
    }
    if newer:
        found["prompt_adaln_single.linear.weight"] = (8192, 4096)
    else:
        found["caption_projection.linear_1.weight"] = (4096, 3840)
    if keyframes:
        found["keyframes_abs_pos_embedding"] = (1, 4096)
    return found


def wan(width, layers, channels, ffn, **extra):
    return {
        "head.modulation": (1, 2, width),
        "patch_embedding.weight": (width, channels, 1, 2, 2),
        "text_embedding.0.weight": (width, 4096),
        **blocks("blocks", layers, "self_attn.norm_q.weight", (width,)),
        **blocks("blocks", layers, "ffn.0.weight", (ffn, width)),
        **extra,
    }


def cog(width, layers, *patch):
    return {
        "patch_embed.text_proj.weight": (width, 4096),
        "patch_embed.proj.weight": (width, *patch),
        **blocks("transformer_blocks", layers, "norm1.linear.weight", (6 * width, 512)),
    }


def motion(levels, frames, *, middle=False):
    table = "attention_blocks.0.pos_encoder.pe"
    found = {}
    for level in range(levels):
        stem = f"down_blocks.{level}.motion_modules.0.temporal_transformer"
        found[f"{stem}.transformer_blocks.0.{table}"] = (1, frames, 320)
        found[f"{stem}.norm.weight"] = (320,)
    if middle:
        found["mid_block.motion_modules.0.temporal_transformer.norm.weight"] = (1280,)
    return found


def t5(vocabulary, *, bias_everywhere):
    bias = "layer.0.SelfAttention.relative_attention_bias.weight"
    return {
        "shared.weight": (vocabulary, 4096),
        **blocks("encoder.block", 24 if bias_everywhere else 1, bias, (32, 64)),
        **blocks("encoder.block", 24, "layer.1.DenseReluDense.wi_1.weight", (10240, 4096)),
    }


IMG = {"img_emb.proj.0.bias": (1280,)}
VACE = {"vace_patch_embedding.weight": (1536, 96, 1, 2, 2)}
HUNYUAN = {
    "txt_in.individual_token_refiner.blocks.0.norm1.weight": (3072,),
    "txt_in.input_embedder.weight": (3072, 4096),
    "img_in.proj.weight": (3072, 16, 1, 2, 2),
    "vector_in.in_layer.weight": (3072, 768),
    **blocks("double_blocks", 20, "img_mod.linear.weight", (18432, 3072)),
    **blocks("single_blocks", 40, "linear1.weight", (21504, 3072)),
}
HUNYUAN_1_5 = {
    "cond_type_embedding.weight": (3, 2048),
    "byt5_in.fc1.weight": (2048, 1472),
    "vision_in.proj.0.weight": (1152,),
    "img_in.proj.weight": (2048, 65, 1, 1, 1),
    "txt_in.input_embedder.weight": (2048, 3584),
}
FRAMEPACK = {
    "clean_x_embedder.proj.weight": (3072, 16, 1, 2, 2),
    "x_embedder.proj.weight": (3072, 16, 1, 2, 2),
    **blocks("transformer_blocks", 20, "attn.to_q.weight", (3072, 3072)),
    **blocks("single_transformer_blocks", 40, "attn.to_q.weight", (3072, 3072)),
}
MOCHI = {
    "t5_yproj.weight": (1536, 4096),
    "x_embedder.proj.weight": (3072, 12, 2, 2),
    **blocks("blocks", 48, "attn.qkv_x.weight", (9216, 3072)),
}
ADAPTER = {
    "down_blocks.0.motion_modules.0.transformer_blocks.0.pos_embed.pe": (1, 32, 320),
    "down_blocks.0.motion_modules.0.proj_in.weight": (320, 320),
}

SHAPES = {
    "ltx-video-2b": ltx(2048, 28),
    "ltx-video-13b": ltx(4096, 48),
    "ltx-2-19b": ltx2(newer=False),
    "ltx-2-3-22b": ltx2(newer=True),
    "ltx-2-5-22b": ltx2(newer=True, keyframes=True),
    "wan-t2v-1-3b": wan(1536, 30, 16, 8960),
    "wan-t2v-14b": wan(5120, 40, 16, 13824),
    "wan-i2v-14b": wan(5120, 40, 36, 13824, **IMG),
    "wan-2-2-i2v-a14b": wan(5120, 40, 36, 13824),
    "wan-2-2-ti2v-5b": wan(3072, 30, 48, 14336),
    "wan-vace-1-3b": wan(1536, 30, 16, 8960, **VACE),
    "wan-vace-14b": wan(5120, 40, 16, 13824, **VACE),
    "hunyuan-video": HUNYUAN,
    "hunyuan-video-1-5": HUNYUAN_1_5,
    "framepack-hunyuan": FRAMEPACK,
    "mochi-1": MOCHI,
    "cogvideox-2b": cog(1920, 30, 16, 2, 2),
    "cogvideox-5b": cog(3072, 42, 16, 2, 2),
    "cogvideox-1-5-5b": cog(3072, 42, 128),
    "animatediff-v1": motion(4, 24),
    "animatediff-v2": motion(4, 32, middle=True),
    "animatediff-v3": motion(4, 32),
    "animatediff-sdxl-beta": motion(3, 32),
    "animatediff-motion-adapter": ADAPTER,
    "t5-xxl": t5(32128, bias_everywhere=False),
    "umt5-xxl": t5(256384, bias_everywhere=True),
}


def header_of(shapes, metadata=None, prefix=""):
    tensors = {
        prefix + name: TensorInfo(prefix + name, "BF16", shape, 0, 0)
        for name, shape in shapes.items()
    }
    return Header(
        path=Path("x.safetensors"),
        format="safetensors",
        tensors=tensors,
        metadata=metadata or {},
        data_start=0,
        file_size=0,
    )


@pytest.fixture
def headers():
    return SHAPES


@pytest.fixture
def make_header():
    return header_of


LTX_2B = {
    "_class_name": "LTXVideoTransformer3DModel",
    "num_attention_heads": 32,
    "attention_head_dim": 64,
    "num_layers": 28,
    "in_channels": 128,
    "out_channels": 128,
    "caption_channels": 4096,
}


@pytest.fixture
def diffusers_folder(tmp_path):
    """Write a diffusers folder of configs only; keywords replace a component's config."""

    def build(pipeline="LTXPipeline", kinds=None, **configs):
        kinds = kinds or {
            "transformer": "LTXVideoTransformer3DModel",
            "vae": "AutoencoderKLLTXVideo",
            "scheduler": "FlowMatchEulerDiscreteScheduler",
            "text_encoder": "T5EncoderModel",
            "tokenizer": "T5Tokenizer",
        }
        written = {"transformer": LTX_2B, "vae": {"latent_channels": 128},
                   "text_encoder": {"d_model": 4096}, **configs}  # fmt: skip
        index = {"_class_name": pipeline}
        for name, kind in kinds.items():
            index[name] = ["diffusers", kind] if kind else [None, None]
            if kind:
                (tmp_path / name).mkdir(exist_ok=True)
                path = tmp_path / name / "config.json"
                path.write_text(json.dumps(written.get(name, {})), "utf-8")
        (tmp_path / "model_index.json").write_text(json.dumps(index), "utf-8")
        return tmp_path

    return build
