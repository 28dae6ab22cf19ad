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


def test_an_unknown_denoiser_is_unknown_and_its_parts_are_still_listed():
    header = bundle("stranger-flux", vae=VAE, text_encoders__clip_l=ENCODER)
    found = identify_header(header)
    assert found.id == "unknown" or found.role is not Role.DIFFUSION_MODEL
    assert {part.role for part in found.parts} >= {Role.DIFFUSION_MODEL, Role.VAE}


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
