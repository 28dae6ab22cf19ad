"""LoRAs: their base by the layers they change, and what can be wrong with their matrices."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compat.identify.identify import identify_header, signatures
from compat.identify.lora import identify_lora
from compat.identify.lora_known_bases import BASES
from compat.identify.lora_targets import read_targets
from compat.identify.model import Role
from tests.identify.conftest import HEADERS, header_of_entries

LORAS = [name for name in HEADERS if name.startswith("lora-")]


def lora(name, change=None, **more):
    tensors = dict(HEADERS[name].tensors)
    if change is not None:
        change(tensors)
    metadata = more.pop("metadata", dict(HEADERS[name].metadata))
    return identify_lora(header_of_entries(tensors, metadata=metadata, **more))


def rules(found):
    return [finding.rule for finding in found.findings]


@pytest.mark.parametrize("name", LORAS)
def test_a_lora_is_named_by_its_base_and_nothing_is_wrong_with_it(name):
    found = lora(name)
    assert (found.id, found.role) == (HEADERS[name].expect, Role.LORA)
    assert not found.findings
    assert found.measures["rank_min"] == found.measures["rank_max"] == HEADERS[name].origin["rank"]


@pytest.mark.parametrize("name", [name for name in HEADERS if not name.startswith("lora-")])
def test_a_model_is_no_lora(name):
    assert identify_lora(header_of_entries(HEADERS[name].tensors)) is None


@pytest.mark.parametrize("prefix", ["", "diffusion_model.", "transformer.", "base_model.model."])
def test_the_beginning_of_the_names_does_not_matter(prefix):
    def change(tensors):
        for name in list(tensors):
            tensors[prefix + name.removeprefix("transformer.")] = tensors.pop(name)

    assert lora("lora-ltx-video-2b", change).id == "lora-ltx-video-2b"


def test_an_adapters_name_between_does_not_matter():
    def change(tensors):
        for name in list(tensors):
            tensors[name.replace(".weight", ".my_adapter.weight")] = tensors.pop(name)

    found = lora("lora-wan-14b-comfyui", change)
    assert (found.id, found.findings) == ("lora-wan-14b", ())


NAMINGS = [
    ("lora-wan-14b-musubi", "kohya"), ("lora-wan-14b-comfyui", "comfyui"),
    ("lora-wan-1-3b-diffusers", "diffusers"), ("lora-wan-14b-loha", "lycoris"),
    ("lora-llama", "peft"), ("lora-animatediff-motion", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "owner"), NAMINGS)
def test_the_layout_says_whose_names_these_are(name, owner):
    assert lora(name).layout == owner


WIDTHS = [
    ("lora-ltx-video-2b", 2048), ("lora-ltx-2-3", 4096), ("lora-wan-14b-musubi", 5120),
    ("lora-wan-1-3b-diffusers", 1536), ("lora-wan-5b", 3072), ("lora-hunyuan-video-1-5", 2048),
    ("lora-ltx-video-2b-lokr", 2048),
]  # fmt: skip


@pytest.mark.parametrize(("name", "width"), WIDTHS)
def test_the_width_of_the_base_is_read_off_the_matrices(name, width):
    assert lora(name).dims["width"].value == width


def test_the_base_that_must_stand_beside_it_is_named():
    (need,) = lora("lora-wan-14b-comfyui").needs
    assert need.role is Role.DIFFUSION_MODEL
    assert {"wan-t2v-14b", "wan-2-2-i2v-a14b"} <= set(need.ids)


def test_ltx_video_13b_and_ltx_2_are_not_told_apart_by_attention_alone():
    found = lora("lora-ltx-4096-attention-only")
    assert (found.id, found.family) == ("lora", "unknown")
    assert {miss.id for miss in found.near_misses} == {"ltx-video-13b", "ltx-2-19b", "ltx-2-3-22b"}
    assert "the header does not tell these bases apart" in found.evidence


def test_metadata_decides_where_sizes_do_not():
    found = lora("lora-ltx-4096-attention-only", metadata={"ss_base_model_version": "ltxv-13b"})
    assert found.id == "lora-ltx-video-13b"
    assert any("metadata" in line for line in found.evidence)


def test_metadata_never_outvotes_sizes():
    found = lora("lora-wan-14b-comfyui", metadata={"ss_base_model_version": "wan2.1-t2v-1.3b"})
    assert found.id == "lora-wan-14b"


def test_an_ic_lora_is_called_one_and_keeps_its_factor():
    found = lora("lora-ltx-2-ic")
    assert found.variant.startswith("IC-LoRA")
    assert found.measures["reference_downscale_factor"] == "2"
    assert (found.family, found.generation) == ("ltx2", "")


def test_the_rank_of_a_distilled_lora_is_a_hint_only():
    assert any("(hint)" in line for line in lora("lora-ltx-2-distilled").evidence)
    assert not any("(hint)" in line for line in lora("lora-wan-14b-comfyui").evidence)


def test_the_name_says_which_expert_of_wan_it_is_for():
    found = lora("lora-wan-14b-comfyui", path="wan22_high_noise_style.safetensors")
    assert found.measures["expert_by_name"] == "high"


def flux(double, single):
    tensors = {}
    for stem, count, tail, rows in (("double_blocks", double, "img_attn.qkv", 9216),
                                    ("single_blocks", single, "linear1", 21504)):  # fmt: skip
        for block in range(count):
            layer = f"lora_unet_{stem}_{block}_{tail.replace('.', '_')}"
            tensors[f"{layer}.lora_down.weight"] = ("F16", (16, 3072))
            tensors[f"{layer}.lora_up.weight"] = ("F16", (rows, 16))
    return identify_lora(header_of_entries(tensors))


def test_flux_and_hunyuan_are_told_apart_by_their_last_blocks():
    assert flux(19, 38).id == "lora-flux"
    assert flux(20, 40).id == "lora-hunyuan-video"
    assert "an image model" in flux(19, 38).variant


def test_a_lora_of_early_blocks_could_be_flux_or_hunyuan():
    assert (flux(3, 3).id, flux(3, 3).family) == ("lora", "unknown")


def test_a_lora_of_an_unknown_base_is_still_a_lora():
    found = lora("lora-llama")
    assert (found.id, found.role, found.family) == ("lora", Role.LORA, "unknown")
    assert found.variant == "LoRA of an unknown base"
    assert {"rank 8", "these are the layers of no base that is known here"} <= set(found.evidence)


def test_a_lora_that_only_changes_a_text_encoder_says_so():
    tensors = {name: entry for name, entry in HEADERS["lora-sd-1-5-kohya"].tensors.items()
               if name.startswith("lora_te_")}  # fmt: skip
    found = identify_lora(header_of_entries(tensors))
    assert found.id == "lora"
    assert "it changes text encoders only" in found.evidence


def test_identify_asks_for_a_lora_first():
    found = identify_header(header_of_entries(HEADERS["lora-wan-14b-musubi"].tensors))
    assert found.id == "lora-wan-14b"
    assert found.placement.comfyui_folder == "loras"


FIRST = "transformer.transformer_blocks.0.attn1.to_k"


def test_a_missing_half_is_found_and_counted():
    def change(tensors):
        del tensors[f"{FIRST}.lora_B.weight"]

    found = lora("lora-ltx-video-2b", change)
    (finding,) = found.findings
    assert (finding.rule, finding.evidence["affected"]) == ("lora-half-missing", 1)
    assert f"'{FIRST}' has down without up" in finding.message
    assert found.id == "lora-ltx-video-2b"


@pytest.mark.parametrize("kind", ["hada_w1_a", "hada_w2_b"])
def test_a_missing_factor_of_a_loha_is_found(kind):
    def change(tensors):
        del tensors[f"lycoris_blocks_0_self_attn_q.{kind}"]

    assert rules(lora("lora-wan-14b-loha", change)) == ["lora-half-missing"]


def test_a_missing_factor_of_a_lokr_is_found():
    def change(tensors):
        del tensors["diffusion_model.transformer_blocks.0.attn1.to_k.lokr_w2_b"]

    assert rules(lora("lora-ltx-video-2b-lokr", change)) == ["lora-half-missing"]


def test_ranks_that_disagree_are_found():
    def change(tensors):
        tensors[f"{FIRST}.lora_B.weight"] = ("BF16", (2048, 32))

    (finding,) = lora("lora-ltx-video-2b", change).findings
    assert finding.rule == "lora-rank-mismatch"
    assert "ranks 32 and 64" in finding.message


def test_different_ranks_in_different_layers_are_fine():
    def change(tensors):
        tensors[f"{FIRST}.lora_A.weight"] = ("BF16", (8, 2048))
        tensors[f"{FIRST}.lora_B.weight"] = ("BF16", (2048, 8))

    found = lora("lora-ltx-video-2b", change)
    assert (found.measures["rank_min"], found.measures["rank_max"]) == (8, 64)
    assert not found.findings


def test_rank_zero_changes_nothing_and_is_found():
    def change(tensors):
        tensors[f"{FIRST}.lora_A.weight"] = ("BF16", (0, 2048))
        tensors[f"{FIRST}.lora_B.weight"] = ("BF16", (2048, 0))

    assert "lora-rank-zero" in rules(lora("lora-ltx-video-2b", change))


def test_one_layer_under_two_names_is_found():
    def change(tensors):
        tensors[f"{FIRST}.lora_A.default.weight"] = tensors[f"{FIRST}.lora_A.weight"]

    assert rules(lora("lora-ltx-video-2b", change)) == ["lora-layer-twice"]


def test_a_scale_without_matrices_is_a_small_matter():
    def change(tensors):
        tensors["lora_unet_blocks_41_self_attn_q.alpha"] = ("F16", ())

    found = lora("lora-wan-14b-musubi", change)
    assert "lora-scale-alone" in rules(found)


def test_layers_of_two_bases_are_a_mixture():
    tensors = {**HEADERS["lora-wan-14b-comfyui"].tensors, **HEADERS["lora-ltx-video-2b"].tensors}
    found = identify_lora(header_of_entries(tensors))
    assert rules(found) == ["lora-mixed-bases"]
    assert found.findings[0].evidence["second"] == "ltx-video-2b"


def test_two_sizes_of_one_model_are_a_mixture():
    small = HEADERS["lora-wan-1-3b-diffusers"].tensors
    tensors = {name: entry for name, entry in small.items() if ".blocks.1" in name}
    tensors |= HEADERS["lora-wan-14b-comfyui"].tensors
    assert rules(identify_lora(header_of_entries(tensors))) == ["lora-mixed-bases"]


def test_a_layer_of_the_wrong_size_is_found():
    def change(tensors):
        tensors[f"{FIRST}.lora_A.weight"] = ("BF16", (64, 999))

    found = lora("lora-ltx-video-2b", change)
    assert rules(found) == ["lora-size-mismatch"]
    assert "takes 999 values" in found.findings[0].message


def test_names_from_the_file_are_quoted():
    def change(tensors):
        del tensors[f"{FIRST}.lora_B.weight"]
        name = "x\x1b[31m" * 40
        tensors[f"{name}.lora_A.weight"] = ("BF16", (64, 2048))

    found = lora("lora-ltx-video-2b", change)
    text = " ".join([*(f.message + f.place.detail for f in found.findings), *found.evidence])
    assert text.isprintable()


@pytest.mark.parametrize("shape", [(), (64,), (64, 2048, 1, 1)])
def test_matrices_of_odd_shape_do_no_harm(shape):
    def change(tensors):
        tensors[f"{FIRST}.lora_A.weight"] = ("BF16", shape)

    assert lora("lora-ltx-video-2b", change).role is Role.LORA


@pytest.mark.parametrize("name", [
    "lora_A.weight", ".lora_A.weight", "a.lora_A.weight", "lora_unet_.lora_down.weight",
    "transformer.transformer.transformer.x.lora_A.weight", "a.alpha", "..lora_B.weight",
])  # fmt: skip
def test_names_on_the_edge_are_read_without_error(name):
    read_targets(header_of_entries({name: ("F32", (4, 4))}).tensors)


PIECES = st.sampled_from([
    "lora_unet_", "diffusion_model.", "transformer_blocks", "blocks", ".", "_", "0", "47", "9" * 8,
    "attn1", "to_q", "self_attn", "lora_A", "lora_B", ".lora_down", ".weight", ".alpha",
    "hada_w1_a", ".lokr_w2_b", ".diff", "default", "\x00", "\ud800", "\u00e9", "{", "(?P<n>",
])  # fmt: skip
SHAPES = st.lists(st.integers(0, 2**40), max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.lists(PIECES, max_size=9).map("".join), SHAPES, max_size=30))
def test_any_names_and_shapes_are_answered(shapes):
    header = header_of_entries({name: ("F32", shape) for name, shape in shapes.items()})
    found = identify_lora(header)
    assert found is None or (found.role is Role.LORA and str(found))


def test_many_targets_are_read_in_one_pass():
    tensors = {f"x.{n}.{'y.' * 40}lora_A.weight": ("F32", (4, 4)) for n in range(20000)}
    found = identify_lora(header_of_entries(tensors))
    assert found.measures["layers"] == 20000


def test_every_base_names_models_that_exist_or_none():
    known = set(signatures())
    for base in BASES:
        assert set(base.fits) <= known, base.id
        assert bool(base.fits) == base.video
