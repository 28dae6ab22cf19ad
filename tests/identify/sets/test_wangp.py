"""WanGP's JSON names files; each is found, or missing with the name that was meant."""

import pytest

from compat.core.errors import UsageError
from compat.identify.sets.gather import gather_set
from compat.identify.sets.wangp import companions

HOST = "https://host/x/resolve/main/"
HIGH, LOW = "wan2.2_image2video_14B_high_mbf16", "wan2.2_image2video_14B_low_mbf16"
I2V = {
    "model": {
        "architecture": "i2v_2_2",
        "URLs": [f"{HOST}{HIGH}.safetensors", f"{HOST}{HIGH}_int8.safetensors"],
        "URLs2": [f"{HOST}{LOW}.safetensors"],
    },
    "num_inference_steps": 30,
    "video_length": 81,
}
COMPANIONS = ("Wan2.1_VAE.safetensors", "umt5-xxl/models_t5_umt5-xxl-enc-bf16.safetensors")


@pytest.fixture
def whole(put, document):
    """Everything the definition names, where WanGP looks for it."""
    for name in (f"{HIGH}.safetensors", f"{LOW}.safetensors", *COMPANIONS):
        put(f"ckpts/{name}")
    return document("defaults/i2v_2_2.json", I2V)


def rules(found):
    return [finding.rule for finding in found.findings]


def test_every_named_file_is_found_with_its_slot(whole, tmp_path):
    found = gather_set(whole, (tmp_path,))
    assert rules(found) == []
    slots = {member.path.name: member.slot for member in found.members}
    assert slots[f"{HIGH}.safetensors"] == "URLs"
    assert slots[f"{LOW}.safetensors"] == "URLs2"
    assert slots["Wan2.1_VAE.safetensors"] == "architecture i2v_2_2"
    assert (found.loader, found.asked.steps, found.asked.frames) == ("wangp", 30, 81)


def test_one_of_the_alternatives_is_enough(whole, put, tmp_path):
    (tmp_path / "ckpts" / f"{HIGH}.safetensors").unlink()
    assert rules(gather_set(whole, (tmp_path,))) == ["set-file-missing"]
    put(f"ckpts/{HIGH}_int8.safetensors")
    assert rules(gather_set(whole, (tmp_path,))) == []


def test_a_missing_file_is_named_with_the_one_that_was_meant(document, put, tmp_path):
    put("ckpts/ltxv_0.9.7_13B_dev_bf16.safetensors")
    source = document(
        "defaults/x.json", {"model": {"URLs": [f"{HOST}ltxv-13b-0.9.7-dev.safetensors"]}}
    )
    (finding,) = gather_set(source, (tmp_path,)).findings
    assert finding.evidence["nearest"] == "'ltxv_0.9.7_13B_dev_bf16.safetensors'"


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("ltxv-13b-0.9.7-distilled", "ltxv-13b-0.9.7-dev"),
        ("wan2.2_t2v_high_noise", "wan2.2_t2v_low_noise"),
        ("ltxv-13b-0.9.8-dev", "ltxv-13b-0.9.7-dev"),
        ("wan2.1_t2v_14B", "wan2.1_i2v_14B"),
        ("umt5-xxl-enc", "t5-xxl-enc"),
        ("wan2.1_14B", "wan2.1_14B_lora"),
        ("completely", "different"),
    ],
)
def test_another_thing_under_a_like_name_is_not_offered(document, put, tmp_path, wanted, there):
    put(f"ckpts/{there}.safetensors")
    source = document("d/x.json", {"model": {"URLs": [f"{HOST}{wanted}.safetensors"]}})
    (finding,) = gather_set(source, (tmp_path,)).findings
    assert (finding.rule, finding.evidence["nearest"]) == ("set-file-missing", "")


def test_a_file_in_another_folder_is_found_there(document, put, tmp_path):
    put("elsewhere/deep/a.safetensors")
    source = document("d/x.json", {"model": {"URLs": [f"{HOST}a.safetensors"]}})
    found = gather_set(source, (tmp_path,))
    assert rules(found) == ["set-file-elsewhere"]
    assert [member.path.name for member in found.members] == ["a.safetensors"]


def test_a_text_is_the_name_of_another_definition(whole, document, tmp_path):
    model = {"architecture": "i2v_2_2", "URLs": "i2v_2_2", "URLs2": "i2v_2_2"}
    source = document("finetunes/mine.json", {"model": model})
    found = gather_set(source, (tmp_path,))
    assert {member.slot for member in found.members} >= {"URLs", "URLs2"}


def test_saved_settings_lead_to_their_definition_and_loras(whole, put, document, tmp_path):
    put("loras/wan/fast.safetensors")
    settings = {
        "model_type": "i2v_2_2",
        "activated_loras": ["fast.safetensors", "gone.safetensors"],
    }
    found = gather_set(document("outputs/run.json", settings), (tmp_path,))
    slots = [member.slot for member in found.members]
    assert {"URLs", "URLs2", "activated_loras"} <= set(slots)
    assert [f.place.detail for f in found.findings] == ["activated_loras"]


def test_references_that_lead_in_a_circle_or_nowhere_are_named(document, tmp_path):
    document("defaults/a.json", {"model": {"URLs": "b"}})
    source = document("defaults/b.json", {"model": {"URLs": "a"}})
    assert rules(gather_set(source, (tmp_path,))) == ["set-reference-circle"]
    source = document("defaults/c.json", {"model": {"URLs": "nobody"}})
    assert rules(gather_set(source, (tmp_path,))) == ["set-reference-missing"]
    source = document("defaults/d.json", {"model": {"URLs": "../../secret"}})
    assert rules(gather_set(source, (tmp_path,))) == ["set-file-missing"]


@pytest.mark.parametrize(
    ("model", "variant"),
    [
        ({"ltx2_pipeline": "distilled"}, "distilled"),
        ({"LTXV_config": "models/ltx_video/configs/ltxv-13b-0.9.8-dev.yaml"}, "dev"),
        ({"LTXV_config": "configs/ltxv-13b-0.9.8-distilled.yaml"}, "distilled"),
        ({}, ""),
    ],
)
def test_the_variant_is_read_from_the_definition(document, tmp_path, model, variant):
    source = document("d/x.json", {"model": {"architecture": "ltxv", **model}})
    assert gather_set(source, (tmp_path,)).asked.variant == variant


@pytest.mark.parametrize("value", [{"nodes": []}, {"model": 7}, [], "x", {"model": {"name": "x"}}])
def test_other_json_is_refused_in_a_sentence(document, value):
    with pytest.raises(UsageError):
        gather_set(document("x.json", value))


def test_odd_values_in_a_definition_do_no_harm(document, tmp_path):
    model = {"architecture": 7, "URLs": [1, None, {}], "loras": {"a": 1}, "preload_URLs": 3.5}
    asked = {"num_inference_steps": "many", "video_length": -3, "activated_loras": "x.safetensors"}
    found = gather_set(document("x.json", {"model": model, **asked}), (tmp_path,))
    assert (found.asked.steps, found.asked.frames) == (None, None)
    assert rules(found) == ["set-file-missing"]


def test_companions_are_lists_of_file_names():
    for files in companions().values():
        assert all(name.endswith(".safetensors") for names in files for name in names)
