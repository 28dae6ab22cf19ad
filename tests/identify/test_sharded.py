"""Shards, their index, and folders of one component are named as the whole they make."""

import json
import struct

import pytest

from compat.identify.identify import identify
from tests.identify.conftest import HEADERS


def write(path, tensors):
    table, at = {}, 0
    for name, (dtype, shape) in tensors.items():
        size = 2
        for side in shape:
            size *= side
        table[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(table).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)


@pytest.fixture
def shards(tmp_path):
    tensors = HEADERS["wan-t2v-1-3b-diffusers"].tensors
    names = sorted(tensors)
    middle = len(names) // 2
    stem = "diffusion_pytorch_model"
    halves = {f"{stem}-00001-of-00002.safetensors": names[:middle],
              f"{stem}-00002-of-00002.safetensors": names[middle:]}  # fmt: skip
    for file, keys in halves.items():
        write(tmp_path / file, {key: tensors[key] for key in keys})
    weight_map = {key: file for file, keys in halves.items() for key in keys}
    index = tmp_path / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": weight_map}), "utf-8")
    (tmp_path / "config.json").write_text('{"_class_name": "WanTransformer3DModel"}', "utf-8")
    return tmp_path


def test_the_index_a_shard_and_the_folder_name_the_same_model(shards):
    index = next(shards.glob("*.index.json"))
    answers = [identify(path) for path in (index, next(shards.glob("*-00001-*")), shards)]
    assert [found.id for found in answers] == ["wan-t2v-1-3b"] * 3
    assert answers[0].parameters == HEADERS["wan-t2v-1-3b-diffusers"].parameters
    assert "the config beside it says 'WanTransformer3DModel'" in answers[2].evidence


def test_a_missing_shard_leaves_mine_but_broken_and_is_named(shards):
    next(shards.glob("*-00001-*")).unlink()
    found = identify(next(shards.glob("*.index.json")))
    assert found.id == "unknown"
    assert [f.rule for f in found.findings if f.severity == "high"] == ["shard-missing"]


def test_a_shard_alone_is_said_to_be_a_piece(shards):
    next(shards.glob("*.index.json")).unlink()
    (shards / "config.json").unlink()
    found = identify(next(shards.glob("*-00002-*")))
    assert "shard-without-index" in [finding.rule for finding in found.findings]


@pytest.mark.parametrize("text", ["", "[]", '{"weight_map": {"a": "../x.safetensors"}}'])
def test_a_broken_index_is_unknown_and_says_why(tmp_path, text):
    path = tmp_path / "model.safetensors.index.json"
    path.write_text(text, "utf-8")
    found = identify(path)
    assert (found.id, [f.rule for f in found.findings]) == ("unknown", ["shard-index-unreadable"])


def test_a_folder_of_one_file_is_that_file(tmp_path):
    write(tmp_path / "model.safetensors", HEADERS["mochi-1"].tensors)
    assert identify(tmp_path).id == "mochi-1"


def test_a_pipeline_lists_what_its_headers_hold(diffusers_folder):
    folder = diffusers_folder()
    write(folder / "transformer" / "diffusion_pytorch_model.safetensors",
          HEADERS["ltx-video-2b-diffusers"].tensors)  # fmt: skip
    found = identify(folder)
    (part,) = found.parts
    assert (part.id, part.layout, part.measures["component"]) == (
        "ltx-video-2b", "diffusers", "transformer",
    )  # fmt: skip
    assert found.parameters == part.parameters
