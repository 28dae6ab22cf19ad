"""LTX configs, ComfyUI folders, diffusers folders and plain folders are sets of files."""

import pytest

from compat.core.errors import UsageError
from compat.formats.bounded_yaml import UnreadableYamlError, read_yaml_object
from compat.identify.model import Identification, Placement, Role
from compat.identify.pairing.model import Identified
from compat.identify.sets.comfy_folder import folder_findings, models_folder
from compat.identify.sets.gather import gather_set

DISTILLED = """\
checkpoint_path: "ltxv-13b-0.9.8-distilled.safetensors"
spatial_upscaler_model_path: "up.safetensors"
text_encoder_model_name_or_path: "PixArt-alpha/PixArt-XL-2-1024-MS"
first_pass:
  timesteps: [1.0, 0.9937, 0.725]
second_pass:
  timesteps: [0.9094, x, true]
"""
DEV = "checkpoint_path: a.safetensors\nfirst_pass:\n  num_inference_steps: 30\n"


def text(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value, "utf-8")
    return path


def rules(found):
    return [finding.rule for finding in found.findings]


def test_an_ltx_config_names_files_and_timesteps(put, tmp_path):
    put("ltxv-13b-0.9.8-distilled.safetensors")
    found = gather_set(text(tmp_path / "c.yaml", DISTILLED))
    assert [member.slot for member in found.members] == ["checkpoint_path"]
    assert rules(found) == ["set-file-missing", "set-text-encoder-elsewhere"]
    assert found.asked.timesteps == (1.0, 0.9937, 0.725, 0.9094)
    assert found.asked.variant == "distilled"


def test_a_dev_config_asks_for_steps(put, tmp_path):
    put("a.safetensors")
    found = gather_set(text(tmp_path / "c.yml", DEV))
    assert rules(found) == []
    assert (found.asked.steps, found.asked.variant) == (30, "dev")


@pytest.mark.parametrize(
    "value",
    [
        "- a\n",
        "a: &x [1]\nb: *x\n",
        "a: [",
        "a: !!python/object/apply:os.system [ls]",
        "a: 2001-99-99",
        "x" * 70_000,
        "[" * 5000,
        "\x00",
    ],
)
def test_yaml_that_is_not_plain_data_is_refused(tmp_path, value):
    path = text(tmp_path / "x.yaml", value)
    with pytest.raises(UnreadableYamlError):
        read_yaml_object(path)
    with pytest.raises(UsageError):
        gather_set(path)


def test_yaml_of_something_else_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(UsageError, match="checkpoint_path"):
        gather_set(text(tmp_path / "x.yaml", "a: 1\n"))


def test_a_comfyui_folder_is_the_set_of_what_its_loaders_list(put, tmp_path):
    put("models/unet/a.safetensors")
    put("models/vae/b.safetensors")
    put("models/configs/c.safetensors")
    put("more/clip/d.safetensors")
    lines = "x:\n  base_path: more\n  clip: clip\n  loras: |\n    gone\n  custom: y\n"
    text(tmp_path / "extra_model_paths.yaml", lines)
    for place in (tmp_path, tmp_path / "models"):
        found = gather_set(place)
        assert {member.path.name: member.slot for member in found.members} == {
            "a.safetensors": "diffusion_models", "b.safetensors": "vae",
            "d.safetensors": "text_encoders",
        }  # fmt: skip
        assert (found.loader, rules(found)) == ("comfyui", ["set-folder-missing"])


def test_a_broken_extra_model_paths_is_a_finding(put, tmp_path):
    put("models/unet/a.safetensors")
    put("models/vae/b.safetensors")
    text(tmp_path / "extra_model_paths.yaml", "a: [")
    assert rules(gather_set(tmp_path)) == ["set-folder-unreadable"]


def test_a_folder_with_one_such_name_is_no_comfyui(put, tmp_path):
    put("vae/b.safetensors")
    assert models_folder(tmp_path) is None
    assert gather_set(tmp_path).kind == "folder"


def lying(role, folder, *, placed="", parts=()):
    found = Identification(
        id="x", family="ltx", variant="", role=role, traits=None, parts=parts,
        placement=Placement(comfyui_folder=placed),
    )  # fmt: skip
    from pathlib import Path

    return Identified(path=Path("x.safetensors"), identification=found, slot=folder)


@pytest.mark.parametrize(
    ("role", "folder", "placed", "severity"),
    [
        (Role.DIFFUSION_MODEL, "diffusion_models", "", None),
        (Role.DIFFUSION_MODEL, "checkpoints", "checkpoints", None),
        (Role.DIFFUSION_MODEL, "checkpoints", "diffusion_models", "low"),
        (Role.DIFFUSION_MODEL, "vae", "diffusion_models", "medium"),  # R03
        (Role.VAE, "checkpoints", "vae", "medium"),
        (Role.TEXT_ENCODER, "text_encoders", "", None),
        (Role.TEXT_ENCODER, "loras", "", "medium"),
        (Role.LORA, "loras", "loras", None),
        (Role.UNKNOWN, "loras", "", None),
        (Role.MOTION_MODULE, "somewhere", "", None),
    ],
)
def test_a_file_lies_where_its_loader_looks(role, folder, placed, severity):
    found = list(folder_findings(lying(role, folder, placed=placed)))
    assert [finding.severity for finding in found] == ([severity] if severity else [])


def test_a_bundle_belongs_into_checkpoints_and_loads_from_diffusion_models_too():
    part = lying(Role.VAE, "").identification
    bundle = lying(Role.DIFFUSION_MODEL, "checkpoints", placed="checkpoints", parts=(part, part))
    assert list(folder_findings(bundle)) == []


def test_a_plain_folder_is_the_set_of_its_model_files(put, tmp_path):
    put("a.safetensors")
    text(tmp_path / "notes.txt", "x")
    assert [member.path.name for member in gather_set(tmp_path).members] == ["a.safetensors"]


def test_a_diffusers_folder_is_one_pipeline_and_its_weights(document, put, tmp_path):
    document("model_index.json", {"_class_name": "LTXPipeline", "vae": ["diffusers", "X"]})
    document("vae/config.json", {"quantization_config": {}})
    put("vae/diffusion_pytorch_model.safetensors")
    found = gather_set(tmp_path)
    assert [(m.slot, m.component) for m in found.members] == [("pipeline", False), ("vae", True)]
    assert len(found.configured) == 1
