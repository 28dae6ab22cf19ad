"""Every signature against every header: real names and shapes, in every wrapper and container."""

import re

import pytest

from compat.identify.identify import identify_header, signatures
from compat.identify.model import Role
from tests.identify.conftest import HEADERS, header_of_entries

KNOWN = {name: fixture for name, fixture in HEADERS.items() if fixture.expect != "unknown"}
STRANGERS = sorted(set(HEADERS) - set(KNOWN))
MODELS = sorted(
    name
    for name, fixture in KNOWN.items()
    if fixture.expect in signatures()  # a LoRA is named by rule
    and signatures()[fixture.expect].role in (Role.DIFFUSION_MODEL, Role.MOTION_MODULE)
)
MINE = sorted({KNOWN[name].expect for name in MODELS})
LAYERED = sorted(
    name
    for name in MODELS
    if signatures()[KNOWN[name].expect].family not in ("animatediff", "stable-diffusion")
)


def named(fixture, tensors=None, *, metadata=None, **more):
    tensors = fixture.tensors if tensors is None else tensors
    kind = more.pop("kind", fixture.format)
    metadata = fixture.metadata if metadata is None else metadata
    return identify_header(header_of_entries(tensors, metadata=metadata, kind=kind, **more))


def test_every_model_has_a_header():
    wanted = {
        name
        for name, known in signatures().items()
        if known.role in (Role.DIFFUSION_MODEL, Role.MOTION_MODULE)
    }
    assert wanted == set(MINE)


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_each_header_has_exactly_one_answer(name):
    fixture = HEADERS[name]
    found = named(fixture)
    assert found.id == fixture.expect, found.near_misses
    assert not [f for f in found.findings if f.severity.rank > 0], found.findings


@pytest.mark.parametrize("name", STRANGERS)
def test_a_model_of_another_trade_is_no_video_model(name):
    found = named(HEADERS[name])
    assert (found.id, found.family, found.traits) == ("unknown", "unknown", None)
    assert not any(miss.mine for miss in found.near_misses)


@pytest.mark.parametrize("name", MODELS)
def test_the_evidence_names_keys_and_shapes_of_the_file(name):
    fixture = KNOWN[name]
    evidence = named(fixture).evidence
    assert evidence[0].startswith("tensor names are")
    assert any(key in line for key in fixture.tensors for line in evidence)


@pytest.mark.parametrize("name", MODELS)
def test_the_counted_parameters_are_those_of_the_signature(name):
    fixture = KNOWN[name]
    published = signatures()[fixture.expect].parameters
    found = named(fixture)
    assert found.parameters == fixture.parameters
    if published:
        # Layouts differ by buffers (pos_frequencies, blur kernels, repeated position tables).
        assert found.parameters == pytest.approx(published, rel=2e-3)
        assert found.expected_bytes == pytest.approx(2 * published, rel=2e-3)


WRAPPERS = ("diffusion_model.", "transformer.", "unet.", "net.", "model.", "_orig_mod.",
            "module.model.")  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_what_a_bundle_or_a_trainer_puts_before_the_names_does_not_matter(name):
    fixture = KNOWN[name]
    assert named(fixture, prefix="model.diffusion_model.").id == fixture.expect
    assert named(fixture, prefix="module._orig_mod.").id == fixture.expect


@pytest.mark.parametrize("prefix", WRAPPERS)
@pytest.mark.parametrize("name", ["ltx-2-3-22b", "wan-t2v-14b-diffusers", "sdxl", "pia"])
def test_every_wrapper_comes_off(name, prefix):
    fixture = KNOWN[name]
    assert named(fixture, prefix=prefix).id == fixture.expect


@pytest.mark.parametrize("name", MODELS)
def test_fp8_weights_with_scales_are_the_same_model(name):
    fixture = KNOWN[name]
    tensors = dict(fixture.tensors)
    for key, (_, shape) in fixture.tensors.items():
        if key.endswith(".weight") and len(shape) == 2:
            tensors[key] = ("F8_E4M3", shape)
            tensors[f"{key.removesuffix('.weight')}.scale_weight"] = ("F32", (1,))
    found = named(fixture, {**tensors, "scaled_fp8": ("F8_E4M3", (2,))})
    assert (found.id, found.quantisation) == (fixture.expect, "fp8 with scales")
    assert found.parameters == fixture.parameters


@pytest.mark.parametrize("name", MODELS)
def test_nvfp4_holds_two_values_a_byte(name):
    fixture = KNOWN[name]
    tensors = dict(fixture.tensors)
    for key, (_, shape) in fixture.tensors.items():
        if key.endswith(".weight") and len(shape) == 2 and shape[1] % 16 == 0:
            stem = key.removesuffix(".weight")
            tensors[key] = ("U8", (shape[0], shape[1] // 2))
            tensors[f"{stem}.weight_scale"] = ("F8_E4M3", (shape[0], shape[1] // 16))
            tensors[f"{stem}.weight_scale_2"] = ("F32", ())
            tensors[f"{stem}.comfy_quant"] = ("U8", (40,))
    found = named(fixture, tensors)
    assert (found.id, found.quantisation) == (fixture.expect, "nvfp4")
    assert found.parameters == fixture.parameters


@pytest.mark.parametrize("name", MODELS)
def test_quanto_keeps_the_identity(name):
    fixture = KNOWN[name]
    tensors = {}
    for key, (dtype, shape) in fixture.tensors.items():
        if key.endswith(".weight") and len(shape) == 2:
            tensors[f"{key}._data"] = ("I8", shape)
            tensors[f"{key}._scale"] = ("BF16", (shape[0], 1))
        else:
            tensors[key] = (dtype, shape)
    found = named(fixture, tensors)
    assert (found.id, found.quantisation) == (fixture.expect, "quanto int8")
    assert found.parameters == fixture.parameters


@pytest.mark.parametrize("name", LAYERED)
def test_bitsandbytes_keeps_the_identity_wherever_a_bias_gives_the_width(name):
    fixture = KNOWN[name]
    tensors = {}
    for key, (dtype, shape) in fixture.tensors.items():
        values = shape[0] * shape[1] if len(shape) == 2 else 0
        if key.endswith(".weight") and values:
            tensors[key] = ("U8", (values // 2, 1))
            tensors[f"{key}.absmax"] = ("F32", (values // 64,))
            tensors[f"{key}.quant_map"] = ("F32", (16,))
            tensors[f"{key}.quant_state.bitsandbytes__nf4"] = ("U8", (80,))
        else:
            tensors[key] = (dtype, shape)
    found = named(fixture, tensors)
    assert (found.id, found.quantisation) == (fixture.expect, "bitsandbytes nf4")
    assert found.parameters == fixture.parameters


def as_gguf(fixture, kind):
    """What a converter leaves: matrices in ``kind``, the rest as floats, five dimensions as two."""
    tensors = {}
    for key, (_, shape) in fixture.tensors.items():
        if len(shape) > 4:
            rest = 1
            for side in shape[1:]:
                rest *= side
            tensors[key] = ("F16", (shape[0], rest))
        else:
            block = len(shape) == 2 and shape[1] % 256 == 0
            tensors[key] = (kind if block else "F32", shape)
    return tensors


@pytest.mark.parametrize("name", MODELS)
def test_gguf_is_the_same_model(name):
    fixture = KNOWN[name]
    found = named(fixture, as_gguf(fixture, "Q4_K"), kind="gguf")
    assert found.id == fixture.expect, found.near_misses
    assert found.parameters == fixture.parameters


@pytest.mark.parametrize("name", LAYERED)
@pytest.mark.parametrize("which", ["first", "last"])
def test_a_lost_block_is_mine_but_broken_and_is_named(name, which):
    fixture = KNOWN[name]
    known = signatures()[fixture.expect]
    layouts = {known.layout: known.form, **{one.name: one.form for one in known.layouts}}
    blocks = next(part for part in layouts[named(fixture).layout] if hasattr(part, "count"))
    lost = f"{blocks.stem}.{0 if which == 'first' else blocks.count - 1}."
    tensors = {key: entry for key, entry in fixture.tensors.items() if not key.startswith(lost)}
    found = named(fixture, tensors)
    assert found.id == "unknown"
    miss = found.near_misses[0]
    assert (miss.id, miss.mine) == (fixture.expect, True)
    assert any(lost[:-1] in reason for reason in miss.reasons)
    assert [finding.rule for finding in found.findings] == ["model-not-as-published"]


@pytest.mark.parametrize("name", [n for n in LAYERED if not re.search("mochi|vace", n)])
def test_a_tensor_lost_inside_a_block_is_named(name):
    fixture = KNOWN[name]
    inside = sorted(key for key in fixture.tensors if re.match(r"(\w+_)?blocks\.7\.", key))
    tensors = {key: entry for key, entry in fixture.tensors.items() if key != inside[-1]}
    found = named(fixture, tensors)
    assert found.id == "unknown"
    assert inside[-1] in str(found.near_misses[0])


@pytest.mark.parametrize("name", MODELS)
def test_one_foreign_tensor_does_not_hide_the_model(name):
    fixture = KNOWN[name]
    found = named(fixture, {**fixture.tensors, "made.by.hand": ("F32", (3, 3))})
    assert found.id == fixture.expect


def test_a_stranger_is_unknown_without_kin(make_header):
    found = identify_header(make_header({"conv1.weight": (64, 3, 7, 7), "fc.bias": (1000,)}))
    assert (found.id, found.family, found.traits, found.near_misses) == (
        "unknown", "unknown", None, (),
    )  # fmt: skip


def test_an_empty_header_is_unknown(make_header):
    assert identify_header(make_header({})).id == "unknown"


@pytest.mark.parametrize("key", ["control_adapter.conv.weight", "face_adapter.x", "audio_proj.y"])
def test_relatives_of_wan_are_not_taken_for_wan(key):
    fixture = KNOWN["wan-t2v-14b"]
    assert named(fixture, {**fixture.tensors, key: ("BF16", (1,))}).id == "unknown"


@pytest.mark.parametrize(
    ("name", "frames"),
    [("animatediff-v1", 24), ("animatediff-v2-diffusers", 32), ("animatelcm", None)],
)
def test_the_frame_limit_is_the_positional_table(name, frames):
    assert named(KNOWN[name]).traits.max_frames == frames


def test_layouts_are_told_and_say_what_loads_them():
    published, diffusers = named(KNOWN["wan-t2v-14b"]), named(KNOWN["wan-t2v-14b-diffusers"])
    assert (published.layout, published.placement.comfyui_loader) == ("publisher", "UNETLoader")
    assert (diffusers.layout, diffusers.placement.comfyui_loader) == ("diffusers", "")
    assert "does not convert" in diffusers.placement.note
    assert named(KNOWN["hunyuan-video-comfyui"]).layout == "comfyui"


def test_sizes_that_partners_agree_on_are_read_with_their_place():
    dims = named(KNOWN["ltx-2-19b"]).dims
    assert dims["text-width"].value == 3840
    assert dims["text-width"].source == "caption_projection.linear_1.weight axis 1"
    assert named(KNOWN["wan-i2v-14b-diffusers"]).dims["in-channels"].value == 36


def test_a_model_that_lacks_telling_tensors_is_mine_but_broken(make_header):
    whole = {name: shape for name, (_, shape) in HEADERS["wan-t2v-14b"].tensors.items()}
    shapes = {n: shape for n, shape in whole.items() if not n.startswith("time_projection")}
    found = identify_header(make_header(shapes))
    assert found.id == "unknown"
    assert (found.near_misses[0].id, found.near_misses[0].mine) == ("wan-t2v-14b", True)
    assert [finding.rule for finding in found.findings] == ["model-not-as-published"]
    other = {**shapes, "head.modulation": (1, 2, 4096), "patch_embedding.bias": (4096,)}
    assert not any(miss.mine for miss in identify_header(make_header(other)).near_misses)
