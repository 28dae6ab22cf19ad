"""VAEs, text and image encoders, projections, upscalers and controls, by their real headers."""

import json

import pytest

from compat.identify.component_predicates import Dimensions, StartsWith, Values
from compat.identify.identify import identify_header, signatures
from compat.identify.latent_factors import FACTORS
from compat.identify.model import Role
from tests.identify.conftest import HEADERS, header_of_entries

DENOISERS = (Role.DIFFUSION_MODEL, Role.MOTION_MODULE)
COMPONENTS = {name: known for name, known in signatures().items() if known.role not in DENOISERS}
OWN = [name for name, one in HEADERS.items() if one.expect in COMPONENTS]
WITHOUT_CONFIG = ("ltx-upscaler-spatial-diffusers", "ltx-2-upscaler-spatial-x2-diffusers")


def identified(name, **changes):
    fixture = HEADERS[name]
    kind = changes.pop("kind", fixture.format)
    metadata = changes.pop("metadata", dict(fixture.metadata))
    tensors = changes.pop("tensors", fixture.tensors)
    return identify_header(header_of_entries(tensors, metadata=metadata, kind=kind, **changes))


@pytest.mark.parametrize("name", OWN)
def test_each_header_is_one_model_and_nothing_is_wrong_with_it(name):
    found = identified(name)
    assert found.id == HEADERS[name].expect, found.near_misses
    wrong = [finding.rule for finding in found.findings]
    assert wrong == (["upscaler-config-missing"] if name in WITHOUT_CONFIG else [])


def test_every_component_has_a_header_of_its_own():
    assert set(COMPONENTS) <= {fixture.expect for fixture in HEADERS.values()}


@pytest.mark.parametrize("identifier", COMPONENTS)
def test_a_component_says_where_it_goes_and_where_that_is_known_from(identifier):
    known = COMPONENTS[identifier]
    assert known.source
    assert known.placement.comfyui_folder or known.placement.note
    assert all(layout.placement.note or layout.placement.comfyui_folder for layout in known.layouts)


@pytest.mark.parametrize("identifier", COMPONENTS)
def test_the_published_count_is_that_of_the_real_class(identifier):
    counts = [one.parameters for one in HEADERS.values() if one.expect == identifier]
    published = COMPONENTS[identifier].parameters
    # Buffers and tied copies stand on top; a second tower has a fixture of its own beside these.
    assert not published or min(abs(count / published - 1) for count in counts) < 0.02


@pytest.mark.parametrize("name", ["mistral-7b", "bert-base", "whisper-large-v3", "resnet-50"])
def test_models_of_another_trade_are_no_text_encoder(name):
    found = identified(name)
    assert (found.id, found.role) == ("unknown", Role.UNKNOWN)
    assert not any(miss.mine for miss in found.near_misses)


def test_a_plain_qwen_is_called_what_it_is_and_what_it_cannot_be_told_from():
    found = identified("qwen-2-7b")
    assert "language half of 2.5-VL" in found.variant
    assert found.placement.comfyui_loader == ""


SIZES = [
    ("t5-xxl", {"text-width": 4096, "vocabulary": 32128}),
    ("umt5-xxl-wan", {"text-width": 4096, "vocabulary": 256384}),
    ("gemma-3-12b", {"text-width": 3840, "vocabulary": 262208}),
    ("gemma-3-4b", {"text-width": 2560}),
    ("llava-llama-3-8b-bare", {"text-width": 4096, "vocabulary": 128320}),
    ("qwen-2-5-vl-7b", {"text-width": 3584}),
    ("clip-l", {"text-width": 768}),
    ("clip-g", {"text-width": 1280, "pooled-width": 1280}),
    ("clip-vision-h-wan", {"width": 1280}),
    ("ltx-2-3-text-projection", {"text-width": 4096}),
    ("wan-2-1-vae", {"latent-channels": 16}),
    ("wan-2-2-vae-diffusers", {"latent-channels": 48}),
    ("ltx-2-5-diffusion-vae", {"latent-channels": 128}),
    ("mochi-vae-decoder", {"latent-channels": 12}),
    ("ltx-2-upscaler-spatial-x2", {"mid-channels": 1024, "latent-channels": 128}),
]


@pytest.mark.parametrize(("name", "sizes"), SIZES)
def test_sizes_that_partners_must_agree_on_are_read_off_the_header(name, sizes):
    dims = identified(name).dims
    assert {key: dims[key].value for key in sizes} == sizes


@pytest.mark.parametrize("identifier", FACTORS)
def test_a_vae_says_how_much_it_shrinks_a_clip(identifier):
    name = next(name for name, one in HEADERS.items() if one.expect == identifier)
    measures = identified(name).measures
    assert (measures["frames_per_latent"], measures["pixels_per_latent"]) == FACTORS[identifier]


TIMESTEP = [
    ("ltx-vae-0-9-0", False), ("ltx-vae-0-9-1", True), ("ltx-vae-0-9-5", True),
    ("ltx-2-vae", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "told"), TIMESTEP)
def test_only_ltx_video_0_9_1_and_later_decode_with_a_timestep(name, told):
    assert identified(name).measures["timestep_conditioned_decoder"] is told


@pytest.mark.parametrize(
    "name", ["sd-vae", "wan-2-1-vae", "flux-vae", "gemma-4-12b", "ltx-2-3-vae"]
)
def test_what_the_header_cannot_tell_apart_is_said(name):
    note = identified(name).placement.note
    assert any(word in note for word in ("one header", "same header", "cannot be told", "not tell"))


def test_the_layout_decides_which_loader_takes_a_vae():
    assert identified("wan-2-1-vae").placement.comfyui_loader == "VAELoader"
    assert identified("wan-2-1-vae-diffusers").placement.comfyui_loader == ""


def scaled_fp8(tensors):
    """ComfyUI's fp8: matrices in fp8 with a scale each, a marker, the tokenizer as bytes."""
    found = {"scaled_fp8": ("F8_E4M3", (2,)), "spiece_model": ("U8", (4548313,))}
    for name, (dtype, shape) in tensors.items():
        matrix = len(shape) == 2 and name.endswith(".weight")
        found[name] = ("F8_E4M3" if matrix else dtype, shape)
        if matrix:
            found[name.replace(".weight", ".scale_weight")] = ("F32", ())
    return found


def nf4(tensors):
    """bitsandbytes packs two values a byte into one column, and drops the shape."""
    found = {}
    for name, (dtype, shape) in tensors.items():
        if "proj.weight" in name and "layers" in name and len(shape) == 2:
            found[name] = ("U8", (shape[0] * shape[1] // 2, 1))
            found[f"{name}.absmax"] = ("U8", (shape[0] * shape[1] // 64,))
            found[f"{name}.quant_map"] = ("F32", (16,))
            found[f"{name}.quant_state.bitsandbytes__nf4"] = ("U8", (84,))
        else:
            found[name] = (dtype, shape)
    return found


def nvfp4(tensors):
    """Two 4-bit values a byte, half the columns, with blocks of scales."""
    found = {}
    for name, (dtype, shape) in tensors.items():
        if "mlp." in name and len(shape) == 2:
            found[name] = ("U8", (shape[0], shape[1] // 2))
            found[f"{name}_scale"] = ("F8_E4M3", (shape[0], shape[1] // 16))
            found[f"{name}_scale_2"] = ("F32", ())
        else:
            found[name] = (dtype, shape)
    return found


def quanto(tensors):
    """WanGP's int8: the values and their scales under names of their own."""
    found = {}
    for name, (dtype, shape) in tensors.items():
        if len(shape) == 2 and "embedding" not in name:
            found[f"{name}._data"] = ("I8", shape)
            found[f"{name}._scale"] = ("BF16", (shape[0], 1))
        else:
            found[name] = (dtype, shape)
    return found


QUANTISED = [
    ("t5-xxl", scaled_fp8), ("umt5-xxl", scaled_fp8), ("gemma-3-12b", nf4),
    ("gemma-3-12b-single-file", nvfp4), ("umt5-xxl-wan", quanto), ("qwen-2-5-vl-7b", scaled_fp8),
    ("llava-llama-3-8b", nf4),
]  # fmt: skip


@pytest.mark.parametrize(("name", "quantise"), QUANTISED)
def test_quantisation_hides_no_text_encoder(name, quantise):
    found = identified(name, tensors=quantise(HEADERS[name].tensors))
    assert found.id == HEADERS[name].expect
    assert found.quantisation


def test_a_gguf_of_umt5_is_known_under_llama_cpp_names():
    tensors = {"token_embd.weight": ("Q4_K", (256384, 4096)),
               "enc.output_norm.weight": ("F32", (4096,))}  # fmt: skip
    shapes = {"attn_q": (4096, 4096), "attn_k": (4096, 4096), "attn_v": (4096, 4096),
              "attn_o": (4096, 4096), "ffn_gate": (10240, 4096), "ffn_up": (10240, 4096),
              "ffn_down": (4096, 10240), "attn_norm": (4096,), "ffn_norm": (4096,),
              "attn_rel_b": (32, 64)}  # fmt: skip
    for block in range(24):
        for name, shape in shapes.items():
            dtype = "Q4_K" if len(shape) == 2 else "F32"
            tensors[f"enc.blk.{block}.{name}.weight"] = (dtype, shape)
    found = identify_header(header_of_entries(tensors, kind="gguf", path="umt5.gguf"))
    assert found.id == "umt5-xxl"
    assert found.placement.comfyui_loader == "CLIPLoaderGGUF"


BUNDLED = [
    ("text_encoders.t5xxl.transformer.", "t5-xxl"),
    ("cond_stage_model.transformer.", "clip-l"),
    ("conditioner.embedders.1.model.", "clip-g-open-clip"),
    ("first_stage_model.", "sd-vae"),
    ("vae.", "ltx-vae-0-9-5"),
    ("audio_vae.", "ltx-2-audio-vae"),
    ("vocoder.", "ltx-2-vocoder"),
    ("vocoder.", "ltx-2-3-vocoder"),
]


@pytest.mark.parametrize(("prefix", "name"), BUNDLED)
def test_a_component_is_known_inside_a_checkpoint(prefix, name):
    denoiser = {f"model.diffusion_model.{key}": entry
                for key, entry in HEADERS["ltx-video-2b"].tensors.items()}  # fmt: skip
    inside = {prefix + key: entry for key, entry in HEADERS[name].tensors.items()}
    found = identify_header(header_of_entries({**denoiser, **inside}))
    assert HEADERS[name].expect in {part.id for part in found.parts}


def test_an_encoder_that_lost_a_layer_is_mine_but_broken():
    tensors = {name: entry for name, entry in HEADERS["t5-xxl"].tensors.items()
               if not name.startswith("encoder.block.23.")}  # fmt: skip
    found = identified("t5-xxl", tensors=tensors)
    assert found.id == "unknown"
    assert (found.near_misses[0].id, found.near_misses[0].mine) == ("t5-xxl", True)
    assert "encoder.block.23" in found.near_misses[0].reasons[0]


def test_a_vae_with_other_latents_than_published_is_not_called_by_its_name():
    tensors = dict(HEADERS["wan-2-1-vae"].tensors)
    tensors["decoder.conv1.weight"] = ("BF16", (384, 20, 3, 3, 3))
    found = identified("wan-2-1-vae", tensors=tensors)
    assert found.id == "unknown"
    assert "is 20 on axis 1" in found.near_misses[0].reasons[0]


@pytest.mark.parametrize(
    ("folder", "severity"), [("latent_upscale_models", "medium"), ("x", "info")]
)
def test_an_upscaler_without_its_config_is_warned_about_where_comfyui_loads_it(folder, severity):
    found = identified("ltx-2-3-upscaler-spatial-x2", metadata={}, path=f"{folder}/x.safetensors")
    (finding,) = found.findings
    assert found.id == "ltx-2-3-upscaler-spatial-x2"
    assert (finding.rule, finding.severity) == ("upscaler-config-missing", severity)


def test_a_config_beside_an_upscaler_will_do(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    found = identified("ltx-upscaler-spatial", metadata={}, path=tmp_path / "x.safetensors")
    assert not found.findings


@pytest.mark.parametrize(("key", "value"), [
    ("mid_channels", 512), ("temporal_upsample", True), ("rational_resampler", True),
])  # fmt: skip
def test_a_config_of_another_upscaler_is_named_by_key(key, value):
    config = {"mid_channels": 1024, "spatial_upsample": True, key: value}
    found = identified("ltx-2-3-upscaler-spatial-x2", metadata={"config": json.dumps(config)})
    (finding,) = found.findings
    assert (finding.rule, finding.place.detail) == ("upscaler-config-mismatch", key)


def test_the_scale_of_a_rational_upscaler_must_be_that_of_its_tensors():
    config = {"mid_channels": 1024, "rational_resampler": True, "spatial_scale": 2.0}
    found = identified("ltx-2-3-upscaler-spatial-x1-5", metadata={"config": json.dumps(config)})
    assert "tensors are those of 1.5" in found.findings[0].message


@pytest.mark.parametrize("config", ["", "[]", "{", "[" * 100000])
def test_a_config_that_cannot_be_read_counts_as_missing(config):
    found = identified("ltx-2-3-upscaler-spatial-x2", metadata={"config": config})
    assert [finding.rule for finding in found.findings] == ["upscaler-config-missing"]


PREDICATES = [
    (Values("a", 6), {"a": (2, 3)}, {"a": (2, 4)}),
    (Values("a", 6), {"a": (6, 1)}, {}),
    (Dimensions("a", 4), {"a": (1, 1, 1, 1)}, {"a": (1, 1)}),
    (Dimensions("a", 1), {"a": (1,)}, {"b": (1,)}),
    (StartsWith("a."), {"a.b": (1,)}, {"b": (1,)}),
]


@pytest.mark.parametrize(("predicate", "good", "bad"), PREDICATES)
def test_a_predicate_holds_or_explains(predicate, good, bad):
    def tensors(shapes):
        return header_of_entries({name: ("F32", shape) for name, shape in shapes.items()}).tensors

    assert predicate.missing(tensors(good)) == []
    assert "a" in predicate.holds(tensors(good))
    (reason,) = predicate.missing(tensors(bad))
    assert "a" in reason
