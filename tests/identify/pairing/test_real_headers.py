"""The same with the headers of real models at real size: every right pair silent, every other not.

What a model needs comes from its signature, the sizes from the header; nothing is set by hand.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from compat.formats.model import Header, TensorInfo
from compat.identify.identify import identify_header
from compat.identify.model import Role
from compat.identify.pairing.model import Asked, Identified
from compat.identify.pairing.pair import pair
from tools.header_fixtures.compact import expand

FOLDER = Path(__file__).parents[1] / "headers"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def real(name):
    document = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    tensors = {
        key: TensorInfo(key, dtype, tuple(shape), 0, 0)
        for key, (dtype, shape) in expand(document["names"]).items()
    }
    header = Header(
        path=Path(f"{name}.safetensors"), format=document["format"], tensors=tensors,
        metadata=document["metadata"], data_start=0, file_size=0,
    )  # fmt: skip
    return Identified(path=header.path, identification=identify_header(header))


def parts(role):
    files = [real(name) for name in NAMES]
    return [file for file in files if file.identification.role is role]


RIGHT = [
    ("ltx-video-2b", "t5-xxl", "ltx-vae-0-9-5"),
    ("ltx-video-13b", "t5-xxl", "ltx-vae-0-9-1", "ltx-upscaler-spatial"),
    ("ltx-video-13b", "t5-xxl-full", "ltx-vae-0-9-5", "ltx-upscaler-temporal"),
    ("ltx-2-19b", "gemma-3-12b", "ltx-2-vae", "ltx-2-audio-vae", "ltx-2-vocoder",
     "ltx-2-connectors", "ltx-2-text-projection", "ltx-2-upscaler-spatial-x2"),
    ("ltx-2-3-22b", "gemma-3-12b-text", "ltx-2-3-vae", "ltx-2-3-audio-vae", "ltx-2-3-vocoder",
     "ltx-2-3-connectors", "ltx-2-3-upscaler-spatial-x2"),
    ("ltx-2-5-22b", "gemma-4-12b-ltx", "ltx-2-5-diffusion-vae", "ltx-2-audio-vae",
     "ltx-2-3-vocoder", "ltx-2-3-connectors"),
    ("wan-t2v-1-3b", "umt5-xxl", "wan-2-1-vae"),
    ("wan-t2v-14b", "umt5-xxl-wan", "wan-2-1-vae"),
    ("wan-i2v-14b", "umt5-xxl", "wan-2-1-vae", "clip-vision-h"),
    ("wan-i2v-14b", "umt5-xxl", "wan-2-1-vae", "clip-vision-h-wan"),
    ("wan-vace-14b", "umt5-xxl", "wan-2-1-vae"),
    ("wan-2-2-ti2v-5b", "umt5-xxl", "wan-2-2-vae"),
    ("hunyuan-video", "llava-llama-3-8b", "clip-l", "hunyuan-video-vae"),
    ("hunyuan-video-i2v", "llava-llama-3-8b-full", "clip-l", "hunyuan-video-vae"),
    ("hunyuan-video-1-5-comfyui", "qwen-2-5-vl-7b", "byt5-small-glyph", "hunyuan-video-1-5-vae"),
    ("framepack-hunyuan-diffusers", "llama-3-8b", "clip-l", "hunyuan-video-vae", "siglip-so400m"),
    ("cogvideox-2b-diffusers", "t5-xxl", "cogvideox-vae"),
    ("cogvideox-5b-i2v-diffusers", "t5-xxl", "cogvideox-vae"),
    ("cogvideox-1-5-5b-diffusers", "t5-xxl", "cogvideox-vae"),
    ("cogvideox-1-5-5b-i2v-diffusers", "t5-xxl", "cogvideox-vae"),
    ("mochi-1", "t5-xxl", "mochi-vae"),
    ("sd-1-5", "clip-l", "sd-vae", "animatediff-v3-diffusers"),
    ("sdxl", "clip-l", "clip-g", "sd-vae", "animatediff-sdxl-beta-diffusers"),
    ("sd-1-5-diffusers", "clip-l", "sd-vae", "animatediff-v1-diffusers"),
    ("sdxl-diffusers", "clip-l", "clip-g", "sd-vae"),
]  # fmt: skip


@pytest.mark.parametrize("names", RIGHT, ids=lambda names: names[0])
def test_a_right_set_of_real_headers_gives_no_finding(names):
    found = pair([real(name) for name in names], Asked(complete=True))
    assert [f"{f.rule}: {f.message}" for f in found if f.severity != "info"] == []


MODELS = [
    name
    for name in NAMES
    if (found := real(name).identification).role is Role.DIFFUSION_MODEL and found.needs
]
NUMBERS = {"text-width", "vocabulary", "companion-kind", "latent-channels", "vae-family",
           "vae-generation"}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("role", [Role.VAE, Role.TEXT_ENCODER])
def test_a_model_takes_what_it_names_and_nothing_else(name, role):
    model = real(name)
    wanted = {id_ for need in model.identification.needs if need.role is role for id_ in need.ids}
    for partner in parts(role):
        found = partner.identification
        if not wanted or found.family == "tiny-vae":
            continue
        fired = {f.rule for f in pair([model, partner])} & NUMBERS
        assert bool(fired) is (found.id not in wanted), (found.id, fired)


LORAS = [file.path.stem for file in parts(Role.LORA) if file.identification.needs]


@pytest.mark.parametrize("name", LORAS)
def test_a_lora_fits_every_base_it_names_and_no_other_family(name):
    lora = real(name)
    wanted = {id_ for need in lora.identification.needs for id_ in need.ids}
    role = lora.identification.needs[0].role
    for base in (real(other).identification for other in NAMES):
        if base.role is not role:
            continue
        file = Identified(path=Path("base.safetensors"), identification=base)
        fired = [f.rule for f in pair([file, lora]) if f.rule.startswith("lora")]
        if base.id in wanted:
            assert fired == [], base.id
        elif lora.identification.family not in ("unknown", base.family):
            assert fired, base.id
