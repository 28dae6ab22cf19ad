import json
import shutil

import pytest

from compat.formats.diffusers_folder import take_inventory
from compat.formats.verify import verify

WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"


def rules(folder):
    return [f.rule for f in verify(folder).findings]


def edit(folder, name, change):
    path = folder / name
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def test_a_whole_folder_is_ok(folder):
    reports = verify(folder, deep=True).reports
    assert {report.verdict for report in reports} == {"ok"}
    assert len(reports) == 4


LOST = {
    "text-encoder-missing": "text_encoder",
    "tokenizer-missing": "tokenizer",
    "vae-missing": "vae",
    "scheduler-missing": "scheduler",
    "transformer-missing": "transformer",
    "index-missing": "model_index.json",
    "transformer-config-missing": "transformer/config.json",
    "transformer-weights-missing": WEIGHTS,
    "text-encoder-weights-missing": "text_encoder/model.safetensors",
    "tokenizer-files-missing": "tokenizer/tokenizer.json",
}


@pytest.mark.parametrize("rule", LOST)
def test_each_lost_part_is_named_with_a_remedy(folder, rule):
    path = folder / LOST[rule]
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    report = verify(folder).reports[0]
    assert (report.verdict, [f.rule for f in report.findings]) == ("damaged", [rule])
    assert report.findings[0].remedy


@pytest.mark.parametrize("name", ["text_encoder", "tokenizer", "vae", "scheduler"])
def test_a_part_the_index_leaves_out_or_sets_to_null_is_missing(folder, name):
    edit(folder, "model_index.json", lambda index: index.update({name: [None, None]}))
    assert rules(folder) == [f"{name.replace('_', '-')}-missing"]
    edit(folder, "model_index.json", lambda index: index.pop(name))
    assert rules(folder) == [f"{name.replace('_', '-')}-missing"]


def test_an_optional_part_set_to_null_is_fine(folder):
    edit(folder, "model_index.json", lambda index: index.update(image_encoder=[None, None]))
    assert rules(folder) == []


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"a":1,"a":2}'])
def test_an_unreadable_index_is_a_finding(folder, text):
    (folder / "model_index.json").write_text(text, "utf-8")
    assert rules(folder) == ["index-unreadable"]


def test_an_index_without_a_class_is_a_finding(folder):
    edit(folder, "model_index.json", lambda index: index.pop("_class_name"))
    assert rules(folder) == ["index-without-class"]


def test_an_unreadable_config_is_a_finding(folder):
    (folder / "vae" / "config.json").write_text("<html>", "utf-8")
    assert rules(folder) == ["component-config-unreadable"]


@pytest.mark.parametrize("name", ["../evil", "a/b", "..", "c:\\x"])
def test_a_component_cannot_lie_outside_the_folder(folder, name):
    edit(folder, "model_index.json", lambda index: index.update({name: ["diffusers", "X"]}))
    assert rules(folder) == ["component-name-escapes"]


def test_pickled_weights_are_told_and_not_opened(folder):
    (folder / WEIGHTS).unlink()
    (folder / "transformer" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x02}.")
    assert rules(folder) == ["weights-only-pickled", "pickle-no-tensors"]


def test_a_pickle_beside_safetensors_is_not_what_gets_loaded(folder):
    (folder / "transformer" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x02}.")
    assert verify(folder, unused=False).findings == ()
    assert rules(folder) == ["pickle-no-tensors"]


def test_a_broken_variant_that_nobody_loads_is_told_where_all_files_are_asked_for(folder):
    whole = (folder / WEIGHTS).read_bytes()
    (folder / "vae" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(whole[:-100])
    assert rules(folder) == ["safetensors-cut-in-data"]
    assert verify(folder, unused=False).verdict == "ok"


def test_the_plain_weights_are_chosen_before_a_variant(folder):
    shutil.copy(folder / WEIGHTS, folder / "transformer/diffusion_pytorch_model.fp16.safetensors")
    (chosen,) = take_inventory(folder).components["transformer"].weights
    assert chosen.name == "diffusion_pytorch_model.safetensors"


def test_leftovers_of_a_download_are_mentioned(folder):
    (folder / "transformer" / "x.incomplete").write_bytes(b"abc")
    (report, *_) = verify(folder).reports
    assert (report.verdict, report.findings[0].rule) == ("ok", "partial-download-left")


@pytest.fixture
def sharded(folder, build):
    """The folder with its transformer in two shards."""
    (folder / WEIGHTS).unlink()
    stem = folder / "transformer" / "diffusion_pytorch_model"
    names = [f"{stem.name}-0000{n}-of-00002.safetensors" for n in (1, 2)]
    for name, key in zip(names, ("a", "b"), strict=True):
        data = build.safetensors({key: ("BF16", (64, 64))})
        stem.with_name(name).write_bytes(data)
    index = {"metadata": {"total_size": 16384}, "weight_map": {"a": names[0], "b": names[1]}}
    path = stem.with_name(f"{stem.name}.safetensors.index.json")
    path.write_text(json.dumps(index), "utf-8")
    return path


def test_whole_shards_are_ok(folder, sharded):
    assert {report.verdict for report in verify(folder).reports} == {"ok"}
    assert len(verify(folder).reports) == 5


def test_each_disagreement_of_index_and_shards_has_its_name(folder, sharded):
    right = json.loads(sharded.read_text("utf-8"))
    first = right["weight_map"]["a"]
    for rule, change in {
        "shard-missing": {"weight_map": {"a": "nowhere.safetensors"}},
        "shard-tensor-missing": {"weight_map": {"a": first, "c": first}},
        "shard-total-differs": {"metadata": {"total_size": 1}},
        "shard-name-escapes": {"weight_map": {"a": "../../secret.safetensors"}},
        "shard-index-unreadable": {"weight_map": [1]},
    }.items():
        sharded.write_text(json.dumps({**right, **change}), "utf-8")
        assert rule in rules(folder)


def test_a_lone_shard_without_its_index_is_a_finding(folder, sharded):
    sharded.unlink()
    assert rules(folder) == ["shard-index-missing"]


CLASSES = {
    "vae": ({"_class_name": "AutoencoderKLWan"}, ["component-class-differs"]),
    "transformer": ({"_class_name": "LTXVideoTransformer3DModel"}, []),
    "text_encoder": ({"model_type": "umt5"}, ["component-class-differs"]),
    "scheduler": ({"_class_name": "EulerDiscreteScheduler"}, []),
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_config_of_another_class_is_named(folder, name):
    config, expected = CLASSES[name]
    file = "scheduler_config.json" if name == "scheduler" else "config.json"
    edit(folder, f"{name}/{file}", lambda document: document.update(config))
    assert rules(folder) == expected
    if name == "text_encoder":
        edit(folder, f"{name}/{file}", lambda document: document.update(model_type="t5"))
        assert rules(folder) == []


def test_pickled_shards_of_a_component_are_held_against_their_index(folder):
    (folder / WEIGHTS).unlink()
    stem = folder / "transformer" / "diffusion_pytorch_model"
    index = {"weight_map": {"a": "diffusion_pytorch_model-00001-of-00001.bin"}}
    stem.with_name(f"{stem.name}.bin.index.json").write_text(json.dumps(index), "utf-8")
    assert "shard-missing" in rules(folder)
