"""Identified files by hand: the models of the catalogue with the sizes their headers carry."""

from pathlib import Path

import pytest

from compat.identify.model import Identification, Measured, Need, Role
from compat.identify.pairing.model import Asked, Identified
from compat.identify.pairing.pair import pair

MODEL, VAE, TEXT = Role.DIFFUSION_MODEL, Role.VAE, Role.TEXT_ENCODER


def need(role, *ids):
    return Need(role=role, ids=ids)


def kind(identifier, role, family, generation="", needs=(), **dims):
    measured = {
        name.replace("_", "-"): Measured(value=value, source=f"{name}.weight axis 1")
        for name, value in dims.items()
    }
    return Identification(
        id=identifier, family=family, variant="", role=role, traits=None, generation=generation,
        needs=needs, dims=measured,
    )  # fmt: skip


T5, UMT5 = need(TEXT, "t5-xxl"), need(TEXT, "umt5-xxl")
WAN21_VAE, WAN22_VAE = need(VAE, "wan-2-1-vae"), need(VAE, "wan-2-2-vae")
LTX_VAES = need(VAE, "ltx-vae-0-9-0", "ltx-vae-0-9-1", "ltx-vae-0-9-5")
GEMMA = need(TEXT, "gemma-3-12b")
LTX2_PARTS = (
    GEMMA, need(VAE, "ltx-2-vae"), need(Role.AUDIO_VAE, "ltx-2-audio-vae"),
    need(Role.VOCODER, "ltx-2-vocoder"),
)  # fmt: skip
SIZES = {"text_width": 4096, "latent_channels": 16}

KINDS = [
    kind("ltx-video-2b", MODEL, "ltx", needs=(T5, LTX_VAES),
         width=2048, text_width=4096, latent_channels=128),
    kind("ltx-video-13b", MODEL, "ltx", needs=(T5, LTX_VAES),
         width=4096, text_width=4096, latent_channels=128),
    kind("ltx-2-19b", MODEL, "ltx2", "2.0", LTX2_PARTS,
         width=4096, text_width=3840, latent_channels=128),
    kind("ltx-2-3-22b", MODEL, "ltx2", "2.3",
         (GEMMA, need(VAE, "ltx-2-3-vae"), need(Role.TEXT_PROJECTION, "ltx-2-3-projection")),
         width=4096, text_width=188160, latent_channels=128),
    kind("ltx-2-5-22b", MODEL, "ltx2", "2.5", (need(TEXT, "gemma-4-12b-ltx"),
         need(VAE, "ltx-2-5-vae")), width=4096, latent_channels=128),
    kind("wan-t2v-1-3b", MODEL, "wan", needs=(UMT5, WAN21_VAE), width=1536, **SIZES),
    kind("wan-t2v-14b", MODEL, "wan", "2.1 or 2.2 A14B", (UMT5, WAN21_VAE), width=5120, **SIZES),
    kind("wan-i2v-14b", MODEL, "wan", "2.1",
         (UMT5, WAN21_VAE, need(Role.IMAGE_ENCODER, "clip-vision-h")),
         width=5120, text_width=4096, in_channels=36),
    kind("wan-2-2-i2v-a14b", MODEL, "wan", "2.2 A14B", (UMT5, WAN21_VAE),
         width=5120, text_width=4096, in_channels=36),
    kind("wan-2-2-ti2v-5b", MODEL, "wan", "2.2", (UMT5, WAN22_VAE),
         width=3072, text_width=4096, latent_channels=48),
    kind("hunyuan-video", MODEL, "hunyuan-video", "1.0",
         (need(TEXT, "llava-llama3-8b"), need(TEXT, "clip-l"), need(VAE, "hunyuan-vae")),
         width=3072, text_width=4096, pooled_width=768, in_channels=16),
    kind("hunyuan-video-1-5", MODEL, "hunyuan-video", "1.5",
         (need(TEXT, "qwen-2-5-vl-7b"), need(TEXT, "byt5-glyph"), need(VAE, "hunyuan-1-5-vae")),
         width=2048, text_width=3584, in_channels=65),
    kind("cogvideox-5b", MODEL, "cogvideox", needs=(T5, need(VAE, "cogvideox-vae")),
         width=3072, **SIZES),
    kind("mochi-1", MODEL, "mochi", needs=(T5, need(VAE, "mochi-vae")),
         width=3072, text_width=4096, latent_channels=12),
    kind("sd15", MODEL, "sd", "1.5", text_width=768, in_channels=4),
    kind("sdxl", MODEL, "sd", "xl", text_width=2048, in_channels=4),
    kind("t5-xxl", TEXT, "t5", width=4096, vocabulary=32128),
    kind("umt5-xxl", TEXT, "t5", width=4096, vocabulary=256384),
    kind("gemma-3-12b", TEXT, "gemma", "3", width=3840, vocabulary=262208),
    kind("gemma-4-12b-ltx", TEXT, "gemma", "4", width=3840, vocabulary=262144),
    kind("clip-l", TEXT, "clip", width=768, vocabulary=49408),
    kind("clip-g", TEXT, "clip", width=1280, vocabulary=49408),
    kind("llava-llama3-8b", TEXT, "llama", width=4096, vocabulary=128320),
    kind("qwen-2-5-vl-7b", TEXT, "qwen", width=3584, vocabulary=152064),
    kind("byt5-glyph", TEXT, "t5", width=1472, vocabulary=1510),
    kind("ltx-vae-0-9-5", VAE, "ltx", "0.9.5", latent_channels=128),
    kind("ltx-vae-next", VAE, "ltx", "0.9.9", latent_channels=128),
    kind("ltx-2-vae", VAE, "ltx2", "2.0", latent_channels=128),
    kind("ltx-2-3-vae", VAE, "ltx2", "2.3", latent_channels=128),
    kind("ltx-2-5-vae", VAE, "ltx2", "2.5", latent_channels=128),
    kind("wan-2-1-vae", VAE, "wan", "2.1", latent_channels=16),
    kind("wan-2-2-vae", VAE, "wan", "2.2", latent_channels=48),
    kind("hunyuan-vae", VAE, "hunyuan-video", "1.0", latent_channels=16),
    kind("hunyuan-1-5-vae", VAE, "hunyuan-video", "1.5", latent_channels=32),
    kind("cogvideox-vae", VAE, "cogvideox", latent_channels=16),
    kind("mochi-vae", VAE, "mochi", latent_channels=12),
    kind("sd-vae", VAE, "sd", latent_channels=4),
    kind("clip-vision-h", Role.IMAGE_ENCODER, "clip-vision", width=1280),
    kind("siglip", Role.IMAGE_ENCODER, "siglip", width=1152),
    kind("ltx-2-audio-vae", Role.AUDIO_VAE, "ltx2"),
    kind("ltx-2-vocoder", Role.VOCODER, "ltx2"),
    kind("ltx-2-3-vocoder", Role.VOCODER, "ltx2"),
    kind("ltx-2-3-projection", Role.TEXT_PROJECTION, "ltx2", "2.3"),
    kind("ltx-upscaler", Role.UPSCALER, "ltx", in_channels=128, mid_channels=512),
    kind("ltx-2-upscaler", Role.UPSCALER, "ltx2", in_channels=128, mid_channels=1024),
    kind("ltx-2b-lora", Role.LORA, "ltx", width=2048),
    kind("ltx-2-0-lora", Role.LORA, "ltx2", "2.0", width=4096),
    kind("ltx-2-3-lora", Role.LORA, "ltx2", "2.3", width=4096),
    kind("wan-14b-lora", Role.LORA, "wan", width=5120),
    kind("wan-lora-of-i2v", Role.LORA, "wan", "2.1", (need(MODEL, "wan-i2v-14b"),), width=5120),
    kind("animatediff-v1", Role.MOTION_MODULE, "animatediff", "1", needs=(need(MODEL, "sd15"),),
         frames=24),
    kind("animatediff-v3", Role.MOTION_MODULE, "animatediff", needs=(need(MODEL, "sd15"),),
         frames=32),
    kind("animatediff-sdxl-beta", Role.MOTION_MODULE, "animatediff", needs=(need(MODEL, "sdxl"),),
         frames=32),
    kind("motion-lora", Role.LORA, "animatediff", "v3",
         needs=(need(Role.MOTION_MODULE, "animatediff-v3"),), width=1280),
    kind("esrgan", Role.UPSCALER, "esrgan", mid_channels=64),
    kind("unknown", Role.UNKNOWN, "unknown"),
]  # fmt: skip
CATALOGUE = {found.id: found for found in KINDS}


def file(name, path="", **more):
    return Identified(
        path=Path(path or f"{name}.safetensors"), identification=CATALOGUE[name], **more
    )


@pytest.fixture
def make():
    return file


@pytest.fixture
def found():
    """Rules and severities that fire for a set, given by the ids of its files."""

    def ask(*names, **asked):
        files = [name if isinstance(name, Identified) else file(name) for name in names]
        return {f.rule: f.severity.value for f in pair(files, Asked(**asked))}

    return ask


@pytest.fixture
def findings():
    def ask(*names, **asked):
        files = [name if isinstance(name, Identified) else file(name) for name in names]
        return pair(files, Asked(**asked))

    return ask
