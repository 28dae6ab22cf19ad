"""Component headers whose class is not at hand: names from loaders and converters, shapes computed.

Most are fixtures of another layout with their names changed as the publishers' converter does it,
so the shapes are still those of a real class.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from tools.header_fixtures.build import BF16, F16, F32
from tools.header_fixtures.compact import Entry
from tools.header_fixtures.fixture import FOLDER, INFERRED, Fixture, read_fixture

Tensors = dict[str, Entry]
_CONVERTER = "scripts/convert_{}_to_diffusers.py of diffusers, read backwards"


def fixtures(only: str) -> Iterator[Fixture]:
    """Make every inferred component whose name contains ``only``."""
    for name, (expect, source, build) in ALL.items():
        if only in name:
            yield Fixture(
                name=name, expect=expect, tensors=build(),
                origin={"kind": INFERRED, "source": source},
            )  # fmt: skip


def _of(name: str) -> Tensors:
    return dict(read_fixture(FOLDER / f"{name}.json").tensors)


def _renamed(name: str, *pairs: tuple[str, str]) -> Callable[[], Tensors]:
    """Fixture ``name`` with each pattern of ``pairs`` replaced in turn."""

    def build() -> Tensors:
        found: Tensors = {}
        for key, entry in _of(name).items():
            for pattern, other in pairs:
                key = re.sub(pattern, other, key)  # noqa: PLW2901
            found[key] = entry
        return found

    return build


def _cogvideox() -> Tensors:
    """Its decoder counts levels from the finest, diffusers' from the coarsest."""
    pairs = (
        (r"mid_block\.resnets\.0", "mid.block_1"), (r"mid_block\.resnets\.1", "mid.block_2"),
        ("down_blocks", "down"), ("resnets", "block"), (r"downsamplers\.0", "downsample"),
        (r"upsamplers\.0", "upsample"), ("conv_shortcut", "nin_shortcut"),
    )  # fmt: skip
    found = _renamed("cogvideox-vae-diffusers", *pairs)()
    return {
        re.sub(r"up_blocks\.(\d)", lambda hit: f"up.{3 - int(hit[1])}", name): entry
        for name, entry in found.items()
    }


def _open_clip(width: int, layers: int, prefix: str) -> Callable[[], Tensors]:
    """OpenCLIP keeps q, k and v in one tensor and the projection as a bare parameter."""

    def build() -> Tensors:
        found: Tensors = {
            f"{prefix}token_embedding.weight": (F16, (49408, width)),
            f"{prefix}positional_embedding": (F16, (77, width)),
            f"{prefix}text_projection": (F16, (width, width)),
            f"{prefix}ln_final.weight": (F16, (width,)),
            f"{prefix}ln_final.bias": (F16, (width,)),
            f"{prefix}logit_scale": (F16, ()),
        }
        return found | _resblocks(f"{prefix}transformer.resblocks", width, layers)

    return build


def _resblocks(stem: str, width: int, layers: int) -> Tensors:
    shapes = {
        "ln_1.weight": (width,), "ln_1.bias": (width,), "ln_2.weight": (width,),
        "ln_2.bias": (width,), "attn.in_proj_weight": (3 * width, width),
        "attn.in_proj_bias": (3 * width,), "attn.out_proj.weight": (width, width),
        "attn.out_proj.bias": (width,), "mlp.c_fc.weight": (4 * width, width),
        "mlp.c_fc.bias": (4 * width,), "mlp.c_proj.weight": (width, 4 * width),
        "mlp.c_proj.bias": (width,),
    }  # fmt: skip
    return {
        f"{stem}.{layer}.{tail}": (F16, shape)
        for layer in range(layers)
        for tail, shape in shapes.items()
    }


def _open_clip_vision() -> Tensors:
    found: Tensors = {
        "visual.class_embedding": (F16, (1280,)),
        "visual.positional_embedding": (F16, (257, 1280)),
        "visual.conv1.weight": (F16, (1280, 3, 14, 14)),
        "visual.ln_pre.weight": (F16, (1280,)), "visual.ln_pre.bias": (F16, (1280,)),
        "visual.ln_post.weight": (F16, (1280,)), "visual.ln_post.bias": (F16, (1280,)),
        "visual.proj": (F16, (1280, 1024)),
    }  # fmt: skip
    return found | _resblocks("visual.transformer.resblocks", 1280, 32)


def _taehv(latent: int, patch: int, pools: str, grows: str, dtype: str) -> Callable[[], Tensors]:
    """TAEHV by the numbers of its layers; ``pools`` and ``grows`` are the factors in time."""

    def build() -> Tensors:
        pixels = 3 * patch * patch
        widths = (256, 128, 64, 64)
        found: Tensors = {}

        def convolution(
            name: str, out: int, into: int, size: int = 3, *, bias: bool = True
        ) -> None:
            found[f"{name}.weight"] = (dtype, (out, into, size, size))
            if bias:
                found[f"{name}.bias"] = (dtype, (out,))

        def memory(name: str, width: int) -> None:
            for layer, into in ((0, 2 * width), (2, width), (4, width)):
                convolution(f"{name}.conv.{layer}", width, into)

        convolution("encoder.0", 64, pixels)
        for stage, factor in enumerate(map(int, pools)):
            place = 2 + 5 * stage
            convolution(f"encoder.{place}.conv", 64, 64 * factor, 1, bias=False)
            convolution(f"encoder.{place + 1}", 64, 64, bias=False)
            for block in range(3):
                memory(f"encoder.{place + 2 + block}", 64)
        convolution("encoder.17", latent, 64)
        convolution("decoder.1", widths[0], latent)
        for stage, factor in enumerate(map(int, grows)):
            place, width = 3 + 6 * stage, widths[stage]
            for block in range(3):
                memory(f"decoder.{place + block}", width)
            convolution(f"decoder.{place + 4}.conv", width * factor, width, 1, bias=False)
            convolution(f"decoder.{place + 5}", widths[stage + 1], width, bias=False)
        convolution("decoder.22", pixels, widths[3])
        return found

    return build


def _halved(name: str, half: str) -> Callable[[], Tensors]:
    def build() -> Tensors:
        return {
            key.removeprefix(f"{half}."): entry
            for key, entry in _of(name).items()
            if key.startswith(f"{half}.")
        }

    return build


def _diffusion_vae() -> Tensors:
    """The encoder of the convolutional VAE beside the diffusion decoder."""
    encoder = {
        name: entry for name, entry in _of("ltx-2-3-vae").items() if name.startswith("encoder.")
    }
    return encoder | _of("ltx-2-5-diffusion-vae-decoder")


_BRIDGE = (
    ("_connector", "_embeddings_connector"), ("transformer_blocks", "transformer_1d_blocks"),
    ("norm_q", "q_norm"), ("norm_k", "k_norm"),
    ("^text_proj_in", "text_embedding_projection.aggregate_embed"),
    ("^(video|audio)_text_proj_in", r"text_embedding_projection.\1_aggregate_embed"),
)  # fmt: skip


def _projection(name: str) -> Callable[[], Tensors]:
    def build() -> Tensors:
        start = "text_embedding_projection."
        return {key: entry for key, entry in _of(name).items() if key.startswith(start)}

    return build


def _connectors(name: str) -> Callable[[], Tensors]:
    def build() -> Tensors:
        return {key: entry for key, entry in _of(name).items() if "_embeddings_connector." in key}

    return build


def _hunyuan_upscaler() -> Tensors:
    """Its default sizes; the published file may have others."""
    shapes = {"in_conv": (64, 32), "out_conv": (32, 64)}
    shapes |= {f"blocks.{block}.block.{layer}": (64, 64)
               for block in range(6) for layer in (0, 2, 4)}  # fmt: skip
    return {
        f"{name}.conv.{tail}": (F16, shape)
        for name, (out, into) in shapes.items()
        for tail, shape in (("weight", (out, into, 3, 3, 3)), ("bias", (out,)))
    }


def _gemma4_with_projection() -> Tensors:
    return _of("gemma-4-12b-single-file") | _of("ltx-2-3-text-projection")


def _vace_14b() -> Tensors:
    return _vace_module(5120, 13824, 8)


def _vace_1_3b() -> Tensors:
    return _vace_module(1536, 8960, 15)


def _vace_module(width: int, inner: int, blocks: int) -> Tensors:
    """Only what VACE adds to Wan 2.1, as in ComfyUI-WanVideoWrapper's module files."""
    shapes: dict[str, tuple[int, ...]] = {"modulation": (1, 6, width), "norm3.weight": (width,),
                                          "norm3.bias": (width,)}  # fmt: skip
    for attention in ("self_attn", "cross_attn"):
        for part in "qkvo":
            shapes[f"{attention}.{part}.weight"] = (width, width)
            shapes[f"{attention}.{part}.bias"] = (width,)
        for norm in ("norm_q", "norm_k"):
            shapes[f"{attention}.{norm}.weight"] = (width,)
    shapes |= {"ffn.0.weight": (inner, width), "ffn.0.bias": (inner,),
               "ffn.2.weight": (width, inner), "ffn.2.bias": (width,),
               "after_proj.weight": (width, width), "after_proj.bias": (width,)}  # fmt: skip
    found = {
        f"vace_blocks.{block}.{tail}": (BF16, shape)
        for block in range(blocks)
        for tail, shape in shapes.items()
    }
    found |= {f"vace_blocks.0.before_proj.{tail}": (BF16, shape)
              for tail, shape in (("weight", (width, width)), ("bias", (width,)))}  # fmt: skip
    found["vace_patch_embedding.weight"] = (BF16, (width, 96, 1, 2, 2))
    found["vace_patch_embedding.bias"] = (BF16, (width,))
    return dict(found)


def _ip_adapter() -> Tensors:
    found: Tensors = {"image_proj.proj.weight": (F16, (3072, 1024)),
                      "image_proj.proj.bias": (F16, (3072,)),
                      "image_proj.norm.weight": (F16, (768,)),
                      "image_proj.norm.bias": (F16, (768,))}  # fmt: skip
    widths = (320, 320, 640, 640, 1280, 1280, 1280, 1280, 1280, 640, 640, 640, 320, 320, 320, 1280)
    for number, width in enumerate(widths):
        for part in ("to_k_ip", "to_v_ip"):
            found[f"ip_adapter.{2 * number + 1}.{part}.weight"] = (F16, (width, 768))
    return found


def _esrgan() -> Tensors:
    """RealESRGAN x4plus in the old layout of BasicSR's RRDBNet."""
    found: Tensors = {}

    def convolution(name: str, out: int, into: int) -> None:
        found[f"{name}.weight"] = (F32, (out, into, 3, 3))
        found[f"{name}.bias"] = (F32, (out,))

    convolution("conv_first", 64, 3)
    for block in range(23):
        for dense in (1, 2, 3):
            for layer in range(1, 6):
                out = 64 if layer == 5 else 32
                convolution(f"body.{block}.rdb{dense}.conv{layer}", out, 64 + 32 * (layer - 1))
    for name in ("conv_body", "conv_up1", "conv_up2", "conv_hr"):
        convolution(name, 64, 64)
    convolution("conv_last", 3, 64)
    return found


Build = Callable[[], Tensors]
ALL: Mapping[str, tuple[str, str, Build]] = {
    "cogvideox-vae": ("cogvideox-vae", _CONVERTER.format("cogvideox"), _cogvideox),
    "clip-g-open-clip": ("clip-g", "open_clip ViT-bigG-14; ComfyUI sd.py",
                         _open_clip(1280, 32, "")),
    "clip-g-sdxl-checkpoint": ("clip-g", "SDXL checkpoints: conditioner.embedders.1.model",
                               _open_clip(1280, 32, "conditioner.embedders.1.model.")),
    "clip-h-open-clip": ("clip-h", "open_clip ViT-H-14; SD 2.1 checkpoints",
                         _open_clip(1024, 24, "cond_stage_model.model.")),
    "clip-vision-h-open-clip": ("clip-vision-h", "ComfyUI clip_vision.py", _open_clip_vision),
    "taew2-1": ("taehv-16ch", "ComfyUI taehv.py", _taehv(16, 1, "221", "122", BF16)),
    "taehv-hunyuan": ("taehv-16ch", "ComfyUI taehv.py", _taehv(16, 1, "221", "122", F16)),
    "taew2-2": ("taehv-48ch", "ComfyUI taehv.py", _taehv(48, 2, "221", "122", F16)),
    "taehv-ltx-2": ("taehv-128ch", "ComfyUI taehv.py", _taehv(128, 4, "222", "222", BF16)),
    "taehv-hunyuan-1-5": ("taehv-32ch", "ComfyUI taehv.py", _taehv(32, 2, "221", "122", BF16)),
    "mochi-vae-decoder": ("mochi-vae-decoder", "ComfyUI sd.py: decoder keys without their prefix",
                          _halved("mochi-vae", "decoder")),
    "mochi-vae-encoder": ("mochi-vae-encoder", "ComfyUI sd.py: encoder keys without their prefix",
                          _halved("mochi-vae", "encoder")),
    "ltx-2-5-diffusion-vae": ("ltx-2-5-diffusion-vae",
                              "309 decoder, 84 encoder tensors and 2 statistics in the 2.4 file",
                              _diffusion_vae),
    "ltx-2-connectors": ("ltx-2-connectors", _CONVERTER.format("ltx2"),
                         _renamed("ltx-2-connectors-diffusers", *_BRIDGE)),
    "ltx-2-3-connectors": ("ltx-2-3-connectors", _CONVERTER.format("ltx2"),
                           _renamed("ltx-2-3-connectors-diffusers", *_BRIDGE)),
    "ltx-2-embeddings-connectors": ("ltx-2-embeddings-connectors", "WanGP's split LTX-2 files",
                                    _connectors("ltx-2-connectors")),
    "ltx-2-3-embeddings-connectors": ("ltx-2-3-embeddings-connectors",
                                      "WanGP's split LTX-2.3 files",
                                      _connectors("ltx-2-3-connectors")),
    "hunyuan-video-1-5-upscaler": ("hunyuan-video-1-5-upscaler", "ComfyUI upsampler.py SRModel3DV2",
                                   _hunyuan_upscaler),
    "ltx-2-text-projection": ("ltx-2-text-projection", "WanGP's split LTX-2 files",
                              _projection("ltx-2-connectors")),
    "ltx-2-3-text-projection": ("ltx-2-3-text-projection",
                                "Comfy-Org's split LTX-2.3 files; four tensors in the 2.3 bundle",
                                _projection("ltx-2-3-connectors")),
    "gemma-4-12b-ltx": ("gemma-4-12b", "LTX-2.5's projection in the file: 26 263 858 182 bytes",
                        _gemma4_with_projection),
    "wan-vace-module-14b": ("wan-vace-module-14b", "ComfyUI VaceWanModel", _vace_14b),
    "wan-vace-module-1-3b": ("wan-vace-module-1-3b", "ComfyUI VaceWanModel", _vace_1_3b),
    "ip-adapter-sd15": ("ip-adapter", "IP-Adapter ip_adapter.py", _ip_adapter),
    "real-esrgan-x4": ("esrgan", "BasicSR RRDBNet", _esrgan),
}  # fmt: skip
"""Fixture, id, where its names come from, and how it is made."""
