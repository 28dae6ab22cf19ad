"""A file, a component and a folder become the parts that loaders are asked about."""

from dataclasses import replace

import pytest

from compat.identify.identify import identify
from compat.identify.model import Identification, NearMiss, Role
from runners import parts
from runners.parts import Part, Unreadable, parts_of

LTX = {"patchify_proj.weight": [8, 4], "transformer_blocks.0.scale_shift_table": [6, 8]}
UNKNOWN = Identification(id="unknown", family="unknown", variant="", role=Role.UNKNOWN, traits=None)


@pytest.fixture
def files(fixtures_on_path):
    import loader_files

    return loader_files


def test_a_file_is_one_part_with_its_header(files, tmp_path):
    path = files.write(tmp_path / "x.safetensors", LTX, {"config": "{}", "notes": "n" * 100_000})
    (part,) = parts_of(path, UNKNOWN)
    assert {name: tensor.shape for name, tensor in part.tensors.items()} == {
        name: tuple(shape) for name, shape in LTX.items()
    }
    assert part.metadata == {"config": "{}"}
    assert (part.component, part.name, part.by_transformers) == (None, "", False)


def test_a_file_that_bears_a_components_name_is_what_its_config_says(files, tmp_path):
    files.write_config(tmp_path, _class_name="LTXVideoTransformer3DModel", num_layers=1)
    files.write(tmp_path / "diffusion_pytorch_model.safetensors", LTX)
    files.write(tmp_path / "my-own.safetensors", LTX)
    (part,) = parts_of(tmp_path / "diffusion_pytorch_model.safetensors", UNKNOWN)
    assert part.component["kind"] == "LTXVideoTransformer3DModel"
    (other,) = parts_of(tmp_path / "my-own.safetensors", UNKNOWN)
    assert other.component is None


def test_the_lesser_parts_of_a_bundle_follow_the_whole(files, tmp_path):
    path = files.write(tmp_path / "x.safetensors", LTX)
    main = replace(UNKNOWN, id="ltx-video-2b", role=Role.DIFFUSION_MODEL)
    vae = replace(UNKNOWN, id="ltx-vae-0-9-1", role=Role.VAE)
    answer = replace(main, parts=(main, vae, UNKNOWN))
    found = list(parts_of(path, answer))
    assert [(part.name, part.answer.id, part.inside) for part in found] == [
        ("", "ltx-video-2b", False),
        ("vae", "ltx-vae-0-9-1", True),
    ]


def test_a_folder_of_shards_is_one_part(files, tmp_path):
    files.write_config(tmp_path, architectures=["T5EncoderModel"], model_type="t5")
    files.write(tmp_path / "model-00001-of-00002.safetensors", {"a": [2]})
    files.write(tmp_path / "model-00002-of-00002.safetensors", {"b": [2]})
    (part,) = parts_of(tmp_path, UNKNOWN)
    assert set(part.tensors) == {"a", "b"}
    assert part.by_transformers
    assert part.component["library"] == "transformers"


def test_a_pipeline_folder_has_a_part_for_each_component_with_weights(tiny):
    folder = tiny("ltx")
    found = {part.name: part for part in parts_of(folder, identify(folder))}
    assert {"transformer", "vae", "text_encoder"} <= set(found)
    assert "scheduler" not in found
    assert found["text_encoder"].by_transformers
    assert not found["vae"].by_transformers


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda _, p: p.write_bytes(b"<html>"), "no tensor file that is known here"),
        (
            lambda files, p: files.write(p, {str(n): [0] for n in range(9)}),
            "more than any model",
        ),
    ],
)
def test_what_has_no_header_is_said_to_have_none(files, tmp_path, make, reason, monkeypatch):
    monkeypatch.setattr(parts, "MOST_TENSORS", 8)
    path = tmp_path / "x.safetensors"
    make(files, path)
    (part,) = parts_of(path, UNKNOWN)
    assert isinstance(part, Unreadable)
    assert reason in part.reason


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"config.json": "{}"}, "names no class"),
        ({"config.json": "["}, "cannot be read"),
        ({"config.json": '{"_class_name": "X"}'}, "no safetensors file"),
        ({}, "no readable model_index.json"),
        ({"model_index.json": "{}"}, "no readable model_index.json"),
    ],
)
def test_a_folder_that_is_no_model_says_why(tmp_path, files, reason):
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    (part,) = parts_of(tmp_path, UNKNOWN)
    assert isinstance(part, Unreadable)
    assert reason in part.reason


def test_a_broken_specimen_is_still_asked_about_as_its_kind(files, tmp_path):
    path = files.write(tmp_path / "x.safetensors", LTX)
    miss = NearMiss(id="ltx-video-2b", mine=True, reasons=("no block 27",))
    (part,) = parts_of(path, replace(UNKNOWN, near_misses=(miss,)))
    assert isinstance(part, Part)
    assert part.answer.near_misses == (miss,)
