"""Shards and what names them: every disagreement has a rule of its own."""

import json

import pytest

from compat.formats.verify import verify

PART = "model-0000{}-of-00003.safetensors"
NAMES = [PART.format(number) for number in (1, 2, 3)]


def loud(path):
    return [f.rule for f in verify(path).findings if f.severity != "info"]


@pytest.fixture
def index(put, build):
    """Three shards of one tensor each and the index that names them."""
    table = {}
    for name, key in zip(NAMES, "abc", strict=True):
        put(name, build.safetensors({key: ("BF16", (64, 64))}))
        table[key] = name
    document = {"metadata": {"total_size": 3 * 8192}, "weight_map": table}
    return put("model.safetensors.index.json", document)


def edit(index, change):
    document = json.loads(index.read_text("utf-8"))
    change(document)
    index.write_text(json.dumps(document), "utf-8")


def test_a_right_index_is_ok_named_itself_or_by_its_folder(index):
    for path in (index, index.parent):
        reports = verify(path).reports
        assert {report.verdict for report in reports} == {"ok"}
        assert [report.kind for report in reports] == ["shard-index"] + ["safetensors"] * 3


def moved(document):
    document["weight_map"].update(a=NAMES[1], b=NAMES[0])


def dropped(document):
    del document["weight_map"]["b"]
    document["weight_map"]["a2"] = NAMES[1]


EDITS = {
    "shard-index-empty": lambda document: document.update(weight_map={}),
    "shard-index-unreadable": lambda document: document.update(weight_map=[1]),
    "shard-tensor-misplaced": moved,
    "shard-tensor-missing": lambda document: document["weight_map"].update(zz=NAMES[0]),
    "shard-tensor-not-in-index": dropped,
    "shard-total-differs": lambda document: document["metadata"].update(total_size=5),
    "shard-name-escapes": lambda document: document["weight_map"].update(a="../x.safetensors"),
    "shard-index-incomplete": lambda document: document["weight_map"].pop("c"),
    "shard-not-in-index": lambda document: document["weight_map"].pop("c"),
    "shard-missing": lambda document: document["weight_map"].update(a="model-x.safetensors"),
    "shard-variants-mixed": lambda document: document["weight_map"].update(
        a="model.fp16-00001-of-00003.safetensors"
    ),
}


@pytest.mark.parametrize("rule", EDITS)
def test_what_an_index_gets_wrong_is_named(index, rule):
    edit(index, EDITS[rule])
    assert rule in loud(index)


def test_a_tensor_in_two_shards_is_named(index, put, build):
    put(NAMES[1], build.safetensors({"a": ("BF16", (64, 64)), "b": ("BF16", (64, 64))}))
    assert "shard-tensor-twice" in loud(index)


def test_a_missing_shard_says_how_many_tensors_are_gone(index):
    (index.parent / NAMES[2]).unlink()
    finding = next(f for f in verify(index).findings if f.rule == "shard-missing")
    assert finding.evidence["tensors"] == 1
    assert loud(index.parent) == ["shard-missing"]


def test_a_shard_whose_link_dangles_is_missing(index):
    (index.parent / NAMES[2]).unlink()
    (index.parent / NAMES[2]).symlink_to("nowhere")
    assert "link points to" in verify(index).findings[0].message


def test_shards_without_an_index_are_told_with_the_numbers_that_lack(index):
    index.unlink()
    assert loud(index.parent) == ["shard-index-missing"]
    (index.parent / NAMES[1]).unlink()
    finding = verify(index.parent).findings[0]
    assert (finding.rule, finding.evidence["missing_numbers"]) == ("shard-numbers-missing", [2])


def test_a_link_out_of_the_folder_is_remarked(index, tmp_path_factory):
    shard = index.parent / NAMES[0]
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "x"
    shard.rename(elsewhere)
    shard.symlink_to(elsewhere)
    assert [f.rule for f in verify(index).findings] == ["shard-link-outside"]
    assert verify(index).verdict == "ok"


def part(build, number, count, total):
    pairs = [build.pair("general.architecture", 8, build.text("ltxv"))]
    for key, value in (
        ("split.no", number),
        ("split.count", count),
        ("split.tensors.count", total),
    ):
        pairs.append(build.pair(key, 4, value.to_bytes(4, "little")))
    return build.gguf([build.entry(f"t{number}", (8,))], 32, pairs=pairs)


def test_gguf_parts_are_held_against_their_own_numbers(put, build, tmp_path):
    for number in (0, 1):
        put(f"m-0000{number + 1}-of-00002.gguf", part(build, number, 2, 2))
    assert loud(tmp_path) == []
    put("m-00002-of-00002.gguf", part(build, 0, 2, 2))
    assert loud(tmp_path) == ["gguf-split-misnumbered"]
    put("m-00002-of-00002.gguf", part(build, 1, 2, 9))
    put("m-00001-of-00002.gguf", part(build, 0, 2, 9))
    assert loud(tmp_path) == ["gguf-split-tensors-differ"]
    put("m-00002-of-00002.gguf", build.gguf([build.entry("t1", (8,))], 32))
    assert "gguf-split-unmarked" in loud(tmp_path)
    (tmp_path / "m-00002-of-00002.gguf").unlink()
    assert loud(tmp_path) == ["shard-numbers-missing"]


def test_pickled_shards_are_held_against_their_index_too(put, tmp_path):
    torch = pytest.importorskip("torch")
    table = {}
    for number, key in ((1, "a"), (2, "b")):
        name = f"pytorch_model-0000{number}-of-00002.bin"
        torch.save({key: torch.randn(4, 4)}, tmp_path / name)
        table[key] = name
    index = put("pytorch_model.bin.index.json", {"weight_map": table})
    assert loud(index) == []
    index.write_text(json.dumps({"weight_map": table | {"c": table["a"]}}), "utf-8")
    assert loud(index) == ["shard-tensor-missing"]
