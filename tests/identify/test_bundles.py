"""Files that carry several models: each is named, and the denoiser speaks for the file."""

import pytest

from compat.identify.identify import identify_header
from compat.identify.model import Role
from compat.identify.parts import is_adapter, split
from compat.identify.view import View
from tests.identify.conftest import HEADERS, header_of_entries

VAE = {"encoder.conv_in.conv.weight": ("BF16", (128, 48, 3, 3, 3)),
       "decoder.conv_in.conv.weight": ("BF16", (512, 128, 3, 3, 3))}  # fmt: skip
ENCODER = {"transformer.text_model.embeddings.token_embedding.weight": ("F16", (49408, 768))}


def bundle(name, **parts):
    """Fixture ``name`` under ComfyUI's prefix, and each keyword's tensors under its own."""
    tensors = {f"model.diffusion_model.{k}": v for k, v in HEADERS[name].tensors.items()}
    for prefix, more in parts.items():
        tensors |= {f"{prefix.replace('__', '.')}.{key}": entry for key, entry in more.items()}
    return header_of_entries(tensors, metadata=HEADERS[name].metadata)


def test_the_denoiser_names_the_bundle_and_the_rest_is_listed():
    found = identify_header(bundle("ltx-video-2b", vae=VAE))
    assert (found.id, found.role) == ("ltx-video-2b", Role.DIFFUSION_MODEL)
    assert found.carries == (Role.DIFFUSION_MODEL, Role.VAE)
    assert [part.role for part in found.parts] == [Role.DIFFUSION_MODEL, Role.VAE]
    assert found.lacks == (Role.TEXT_ENCODER,)
    assert found.parameters == sum(part.parameters for part in found.parts)
    assert (found.placement.comfyui_loader, found.placement.comfyui_folder) == (
        "CheckpointLoaderSimple", "checkpoints",
    )  # fmt: skip
    assert any("its vae is" in line for line in found.evidence)


def test_a_whole_checkpoint_lacks_nothing():
    found = identify_header(bundle("sd-1-5", first_stage_model=VAE, cond_stage_model=ENCODER))
    assert (found.id, found.lacks, found.needs) == ("sd-1-5", (), ())


def test_what_stands_between_encoder_and_transformer_is_one_part():
    connector = {"transformer_1d_blocks.0.attn1.to_q.weight": ("BF16", (3840, 3840))}
    header = bundle(
        "ltx-2-19b",
        model__diffusion_model__video_embeddings_connector=connector,
        model__diffusion_model__audio_embeddings_connector=connector,
        text_embedding_projection={"aggregate_embed.weight": ("BF16", (3840, 188160))},
    )
    found = identify_header(header)
    assert found.id == "ltx-2-19b"
    (projection,) = [part for part in found.parts if part.role is Role.TEXT_PROJECTION]
    assert projection.parameters == 2 * 3840 * 3840 + 3840 * 188160
    assert Role.TEXT_PROJECTION not in found.lacks


def test_parts_without_a_prefix_beside_a_vae_are_the_denoiser():
    tensors = {f"transformer.{k}": v for k, v in HEADERS["wan-t2v-1-3b"].tensors.items()}
    tensors |= {f"vae.{key}": entry for key, entry in VAE.items()}
    assert identify_header(header_of_entries(tensors)).id == "wan-t2v-1-3b"


def test_an_unknown_denoiser_makes_the_file_unknown_and_its_parts_are_still_named():
    found = whole("stranger-flux", vae="flux-vae", text_encoders__t5xxl__transformer="t5-xxl")
    assert (found.id, found.family) == ("unknown", "unknown")
    assert {part.id for part in found.parts} == {"unknown", "flux-vae", "t5-xxl"}


def whole(name, **parts):
    more = {prefix: HEADERS[fixture].tensors for prefix, fixture in parts.items() if prefix != "_"}
    header = bundle(name, **more)
    if "_" in parts:  # its names bear their prefixes already
        header = header_of_entries(
            {k: (t.dtype, t.shape) for k, t in header.tensors.items()}
            | HEADERS[parts["_"]].tensors,
            metadata=header.metadata,
        )
    return identify_header(header)


# Sizes in GB as published (bf16, SD in fp16).
PUBLISHED = [
    ("ltx-video-2b", {"vae": "ltx-vae-0-9-0"}, 4.69),
    ("ltx-video-2b", {"vae": "ltx-vae-0-9-1"}, 5.72),
    ("ltx-video-2b", {"vae": "ltx-vae-0-9-5"}, 6.34),
    ("ltx-video-13b", {"vae": "ltx-vae-0-9-5"}, 28.58),
    ("ltx-2-19b", {"vae": "ltx-2-vae", "audio_vae": "ltx-2-audio-vae", "vocoder": "ltx-2-vocoder",
                   "_": "ltx-2-connectors"}, 43.28),
    ("ltx-2-3-22b", {"vae": "ltx-2-3-vae", "audio_vae": "ltx-2-3-audio-vae",
                     "vocoder": "ltx-2-3-vocoder", "_": "ltx-2-3-connectors"}, 46.14),
    ("sd-1-5", {"first_stage_model": "sd-vae", "cond_stage_model__transformer": "clip-l"}, 2.13),
    ("sdxl", {"first_stage_model": "sd-vae", "conditioner__embedders__0__transformer": "clip-l",
              "_": "clip-g-sdxl-checkpoint"}, 6.94),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parts", "gigabytes"), PUBLISHED)
def test_a_published_bundle_has_its_parts_named_and_its_size(name, parts, gigabytes):
    found = whole(name, **parts)
    assert found.id == name
    assert [part.id for part in found.parts if part.id == "unknown"] == []
    assert len(found.parts) == 1 + len(parts)
    assert found.expected_bytes / 1e9 == pytest.approx(gigabytes, rel=0.002)
    assert found.findings == ()


def test_the_vae_inside_tells_the_version_of_ltx_video():
    assert whole("ltx-video-2b", vae="ltx-vae-0-9-1").variant == "2B, with the VAE of 0.9.1"


def test_loose_tables_of_a_checkpoint_are_no_part():
    header = bundle("sd-1-5", first_stage_model=VAE)
    loose = {"betas": ("F32", (1000,)), "alphas_cumprod": ("F32", (1000,))}
    more = header_of_entries(loose)
    header.tensors.update(more.tensors)
    assert len(identify_header(header).parts) == 2


@pytest.mark.parametrize(
    "name",
    [
        "diffusion_model.blocks.0.self_attn.q.lora_A.weight",
        "lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight",
        "unet.down_blocks.0.attn1.to_q.lora.up.weight",
        "down_blocks.0.motion_modules.0.attention_blocks.0.processor.to_q_lora.down.weight",
    ],
)
def test_a_lora_is_one_model_whatever_its_prefixes(name):
    assert is_adapter([name])
    view = View(
        header_of_entries({name: ("F16", (4, 320)), "text_encoder.x": ("F16", (2,))}).tensors
    )
    assert len(split(view)) in (1, 2)
    names = {name.replace("0", str(n)): ("F16", (4, 320)) for n in range(3)}
    assert len(split(View(header_of_entries(names).tensors))) == 1


def test_a_denoiser_is_no_lora():
    assert not is_adapter(HEADERS["wan-t2v-14b"].tensors)
