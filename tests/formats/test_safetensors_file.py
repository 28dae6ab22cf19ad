import struct

import pytest

from compat.formats.safetensors_file import read_safetensors

GOOD = {"a": ("F32", (2, 3)), "b": ("BF16", (4,))}


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def rules(path):
    return [finding.rule for finding in read_safetensors(path).findings]


def test_a_right_file_has_no_findings_and_a_full_header(put, build):
    path = put("x.safetensors", build.safetensors(GOOD, {"format": "pt"}))
    reading = read_safetensors(path)
    assert reading.findings == ()
    assert reading.header.tensors["a"].shape == (2, 3)
    assert reading.header.metadata == {"format": "pt"}
    assert reading.header.tensors["b"].end == path.stat().st_size


BROKEN = {
    "safetensors-too-small": b"abc",
    "safetensors-header-too-large": struct.pack("<Q", 100_000_001) + b"{}",
    "safetensors-cut-in-header": struct.pack("<Q", 500) + b'{"a":',
    "safetensors-header-not-json": struct.pack("<Q", 4) + b"{bad",
    "safetensors-duplicate-name": (
        struct.pack("<Q", 119)
        + b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
        + b'"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}'.ljust(65)
        + bytes(8)
    ),
}


@pytest.mark.parametrize(("rule", "data"), BROKEN.items())
def test_a_header_that_cannot_be_read_is_named(put, rule, data):
    assert rules(put("x.safetensors", data)) == [rule]


TABLES = {
    "safetensors-bad-metadata": ({"__metadata__": {"a": 1}, "a": entry()}, 8),
    "safetensors-unknown-dtype": ({"a": entry(dtype="F7")}, 8),
    "safetensors-size-mismatch": ({"a": entry(shape=(3,))}, 8),
    "safetensors-hole": ({"a": entry(), "b": entry(offsets=(16, 24))}, 24),
    "safetensors-overlap": ({"a": entry(), "b": entry(offsets=(4, 12))}, 12),
    "safetensors-cut-in-data": ({"a": entry()}, 5),
    "safetensors-trailing-bytes": ({"a": entry()}, 11),
    "safetensors-no-tensors": ({}, 0),
}


@pytest.mark.parametrize("rule", TABLES)
def test_each_rule_of_the_table_has_its_own_name(put, build, rule):
    table, size = TABLES[rule]
    assert rules(put("x.safetensors", build.raw(table, bytes(size)))) == [rule]


@pytest.mark.parametrize(
    "bad",
    [
        3,
        {},
        entry(dtype=7),
        entry(shape=(-1,)),
        entry(shape=(1.5,)),
        entry(shape=(True,)),
        entry(shape=(2,) * 200),
        entry(offsets=(0,)),
        entry(offsets=(8, 0)),
        entry(offsets=(0, 2**70)),
    ],
)
def test_an_entry_that_is_no_tensor_is_refused(put, build, bad):
    assert "safetensors-bad-entry" in rules(put("x.safetensors", build.raw({"a": bad}, bytes(8))))


def test_missing_bytes_are_counted_and_their_direction_told(put, build):
    path = put("x.safetensors", build.safetensors(GOOD)[:-10])
    (finding,) = read_safetensors(path).findings
    assert finding.evidence["difference_bytes"] == -10
    assert finding.evidence["direction"] == "too-short"
    assert "truncated" in finding.remedy


def test_trailing_bytes_are_never_called_truncation(put, build):
    path = put("x.safetensors", build.safetensors(GOOD) + b"xyz")
    (finding,) = read_safetensors(path).findings
    assert finding.evidence["difference_bytes"] == 3
    assert finding.evidence["direction"] == "too-long"
    assert "not truncated" in finding.message


@pytest.mark.parametrize(
    "header",
    [
        b'{"a":' * 200_000,
        b"[" * 500_000,
        b'{"a":' + b"9" * 50_000 + b"}",
        b'{"a":NaN}',
        b'{"\xff":1}',
        b"[" + b"[]," * 1_500_000 + b"[]]",
        b"null",
    ],
    ids=["deep objects", "deep lists", "huge number", "nan", "no utf-8", "many values", "null"],
)
def test_json_bombs_are_refused_without_being_built(put, build, header):
    assert rules(put("x.safetensors", build.raw(header))) == ["safetensors-header-not-json"]


def test_a_tensor_of_no_elements_is_no_damage(put, build):
    path = put("x.safetensors", build.safetensors({"a": ("F32", (0, 4)), "b": ("F32", (1,))}))
    assert rules(path) == []


def test_null_metadata_is_accepted_as_the_reference_reader_does(put, build):
    assert rules(put("x", build.raw({"__metadata__": None, "a": entry()}, bytes(8)))) == []


def test_a_hostile_name_cannot_flood_or_break_the_message(put, build):
    name = "\ud800" + "x" * 100_000
    path = put("x.safetensors", build.raw({name: entry(dtype="?")}, bytes(8)))
    (finding,) = read_safetensors(path).findings
    assert len(finding.message) < 400
    finding.message.encode("utf-8")


def test_a_million_bad_entries_give_a_few_findings(put, build):
    table = {str(number): 1 for number in range(50_000)}
    reading = read_safetensors(put("x.safetensors", build.raw(table)))
    assert (len(reading.findings), reading.header) == (16, None)
