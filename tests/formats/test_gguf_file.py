import json
import struct

import pytest

from compat.formats.gguf_file import read_gguf

F32, Q8_0 = 0, 8
ARRAY, TEXT = 9, 8


def rules(path):
    return [finding.rule for finding in read_gguf(path).findings]


def found(path):
    return {finding.rule: finding.severity.value for finding in read_gguf(path).findings}


def test_a_right_file_has_no_findings_and_its_shapes_slowest_first(put, build):
    entries = [build.entry("a", (32, 4), 8), build.entry("b", (4,), 0, 160)]
    path = put("x.gguf", build.gguf(entries, 160 + 32))
    reading = read_gguf(path)
    assert reading.findings == ()
    assert reading.header.tensors["a"].shape == (4, 32)
    assert reading.header.tensors["a"].dtype == "Q8_0"
    assert reading.header.metadata["general.architecture"] == "ltxv"


def named_pairs(build, *pairs):
    return (build.pair("general.architecture", TEXT, build.text("ltxv")), *pairs)


def legal(build):
    a, b = build.entry("a", (8,)), build.entry("b", (8,), 0, 32)
    alignment = named_pairs(build, build.pair("general.alignment", 4, struct.pack("<I", 64)))
    spread = [a, build.entry("b", (8,), 0, 64)]
    return {
        "plain": build.gguf([a, b], 64),
        "version 2": build.gguf([a], 32, version=2),
        "padding at the end": build.gguf([build.entry("a", (4,))], 32),
        "no padding at the end": build.gguf([build.entry("a", (4,))], 16),
        "alignment 64": build.gguf(spread, 128, pairs=alignment, align=64),
        "scalar of no dimensions": build.gguf([build.entry("a", ())], 32),
        "image name": build.gguf([build.entry("block." * 15 + "weight", (8,))], 32),
        "five dimensions": build.gguf([build.entry("patch.weight", (2, 2, 2, 1, 1))], 32),
        "a side of 0": build.gguf([build.entry("z", (0, 8)), a], 32),
        "trailing bytes": build.gguf([a], 4096),
        "vocabulary alone": build.gguf([], 0),
        "no architecture": build.gguf([a], 32, pairs=()),
        "newest type": build.gguf([build.entry("a", (64,), 42)], 32),
        "part of a split": build.gguf(
            [a], 32, pairs=named_pairs(build, build.pair("split.count", 2, struct.pack("<H", 3)))
        ),
    }


REMARKS = {
    "image name": "gguf-long-name",
    "newest type": "gguf-recent-type",
    "five dimensions": "gguf-five-dimensions",
    "a side of 0": "gguf-empty-tensor",
    "trailing bytes": "gguf-trailing-bytes",
    "vocabulary alone": "gguf-no-tensors",
    "no architecture": "gguf-no-architecture",
    "part of a split": "gguf-split-part",
}


@pytest.mark.parametrize("case", [
    "plain", "version 2", "padding at the end", "no padding at the end", "alignment 64",
    "scalar of no dimensions", *REMARKS,
])  # fmt: skip
def test_what_some_reader_loads_is_at_most_a_remark(put, build, case):
    remarks = {REMARKS[case]: "info"} if case in REMARKS else {}
    assert found(put("x.gguf", legal(build)[case])) == remarks


class Made:
    """Entries, pairs and files that several of the cases are made of."""

    def __init__(self, build):
        self.build = build
        self.ok = build.entry("a", (4,))
        self.a32, self.b32 = build.entry("a", (8,)), build.entry("b", (8,), 0, 32)
        self.architecture = build.pair("general.architecture", TEXT, build.text("ltxv"))
        self.language = (build.pair("general.architecture", TEXT, build.text("llama")),)

    def with_pair(self, one):
        return self.build.gguf([self.ok], 32, pairs=(self.architecture, one))

    def alignment(self, number, kind=4, letter="I"):
        packed = struct.pack(f"<{letter}", number)
        return self.with_pair(self.build.pair("general.alignment", kind, packed))


def header_damage(build):
    made = Made(build)
    return {
        "gguf-bad-magic": b"GGML" + bytes(60),
        "gguf-version one": build.gguf([made.ok], 32, version=1),
        "gguf-version four": build.gguf([made.ok], 32, version=4),
        "gguf-big-endian": build.gguf([made.ok], 32, version=0x03000000),
        "gguf-cut-in-header": build.gguf([made.ok], 0)[:60],
        "gguf-cut-in-header after it": build.gguf([made.ok], 0).rstrip(b"\0") + bytes(8),
        "gguf-count-too-high": build.gguf([made.ok], 32, counts=(2**60, 1)),
        "gguf-count-too-high pairs": build.gguf([made.ok], 32, counts=(1, 2**40)),
        "gguf-count-too-high array": made.with_pair(
            build.pair("k", ARRAY, struct.pack("<IQ", 0, 2**60))
        ),
        "gguf-bad-value": made.with_pair(build.pair("k", ARRAY, struct.pack("<IQ", 9, 1) * 5000)),
        "gguf-bad-value type": made.with_pair(build.pair("k", 13, bytes(8))),
        "gguf-duplicate-key": made.with_pair(made.architecture),
        "gguf-duplicate-name": build.gguf([made.a32, build.entry("a", (8,), 0, 32)], 64),
        "gguf-bad-name": made.with_pair(build.pair("", 0, b"\0")),
        "gguf-bad-utf8-name": build.gguf([build.entry(b"\xff", (4,))], 32),
        "gguf-bad-utf8-name key": made.with_pair(build.pair(b"k\xff", 0, b"\0")),
        "gguf-bad-dimensions": build.gguf([build.entry("a", (1,) * 6)], 32),
        "gguf-bad-dimensions vast": build.gguf([build.entry("a", (1,) * 600)], 32),
        "gguf-unknown-type": build.gguf([build.entry("a", (4,), 99_999)], 32),
        "gguf-unknown-type newer": build.gguf([build.entry("a", (4,), 43)], 32),
        "gguf-removed-type": build.gguf([build.entry("a", (32,), 4)], 32),
        "gguf-fork-type": build.gguf([build.entry("a", (256,), 139)], 144),
        "gguf-block-mismatch": build.gguf([build.entry("a", (40,), 8)], 64),
        "gguf-size-overflow": build.gguf([build.entry("a", (2**32, 2**32))], 64),
        "gguf-size-overflow zero": build.gguf([build.entry("a", (2**40, 0, 2**40))], 64),
        "gguf-size-overflow side": build.gguf([build.entry("a", (2**63,))], 64),
    }  # fmt: skip


def layout_damage(build):
    made = Made(build)
    return {
        "gguf-bad-alignment": made.alignment(3),
        "gguf-bad-alignment zero": made.alignment(0),
        "gguf-bad-alignment type": made.alignment(32, 10, "Q"),
        "gguf-bad-alignment huge": made.alignment(2**31),
        "gguf-bad-dimensions 5 of no kernel": build.gguf(
            [build.entry("a", (2, 2, 2, 1, 1))], 32
        ),
        "gguf-bad-dimensions 5 of a language model": build.gguf(
            [build.entry("patch.weight", (2, 2, 2, 1, 1))], 32, pairs=made.language
        ),
        "gguf-unaligned": build.gguf([build.entry("a", (4,), 0, 8)], 32),
        "gguf-overlap": build.gguf(
            [build.entry("a", (16,)), build.entry("b", (8,), 0, 32), build.entry("c", (8,), 0, 96)],
            128,
        ),
        "gguf-short-tensor": build.gguf(
            [build.entry("a", (16,)), made.b32, build.entry("c", (8,), 0, 64)], 96
        ),
        "gguf-same-offset": build.gguf([made.ok, build.entry("b", (4,))], 32),
        "gguf-hole": build.gguf([made.a32, build.entry("b", (8,), 0, 96)], 128),
        "gguf-hole at the start": build.gguf([made.b32], 64),
        "gguf-offset-past-end": build.gguf([made.a32, build.entry("b", (8,), 0, 2**40)], 64),
        "gguf-offset-wraps": build.gguf([made.a32, build.entry("b", (8,), 0, 2**64 - 32)], 64),
        "gguf-cut-in-data": build.gguf([build.entry("a", (1000,))], 64),
        "gguf-path-like-name": build.gguf([build.entry("../a", (4,))], 32),
        "gguf-zero-byte-in-name": build.gguf([build.entry("a\0b", (4,))], 32),
        "gguf-long-text": b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + build.text("k")
        + struct.pack("<IQ", 8, 17 << 20) + bytes(18 << 20),
        "gguf-long-name vast": b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 20) + bytes(2 << 20),
        "gguf-header-bomb": b"GGUF" + struct.pack("<IQQ", 3, 200_000, 0) + bytes(200_000 * 40),
    }  # fmt: skip


def damage(build):
    return header_damage(build) | layout_damage(build)


def oddities(build):
    made = Made(build)
    return {
        "gguf-unordered": build.gguf([build.entry("b", (8,), 0, 32), made.a32], 64),
        "gguf-bad-bool": made.with_pair(build.pair("k", 7, b"\2")),
        "gguf-bad-bool array": made.with_pair(
            build.pair("k", ARRAY, struct.pack("<IQ", 7, 40) + bytes(39) + b"\3")
        ),
        "gguf-nested-array": made.with_pair(
            build.pair("k", ARRAY, struct.pack("<IQ", 9, 1) + struct.pack("<IQ", 0, 2) + b"ab")
        ),
        "gguf-bad-utf8": made.with_pair(build.pair("k", TEXT, build.text(b"\xff"))),
        "gguf-long-name of no parameter": build.gguf([build.entry("n" * 80, (4,))], 32),
        "gguf-long-name of a language model": build.gguf(
            [build.entry("block." * 15 + "weight", (4,))], 32, pairs=made.language
        ),
        "gguf-long-name": build.gguf([build.entry("n" * 128, (4,))], 32),
        "gguf-empty-name": build.gguf([build.entry("", (8,))], 32),
        "gguf-control-letter-in-name": build.gguf([build.entry("a\x1b[2J", (8,))], 32),
    }


CASES = [
    "gguf-bad-magic", "gguf-version one", "gguf-version four", "gguf-big-endian",
    "gguf-cut-in-header", "gguf-cut-in-header after it", "gguf-count-too-high",
    "gguf-count-too-high pairs", "gguf-count-too-high array", "gguf-bad-value",
    "gguf-bad-value type", "gguf-duplicate-key", "gguf-duplicate-name", "gguf-bad-name",
    "gguf-bad-utf8-name", "gguf-bad-utf8-name key", "gguf-bad-dimensions",
    "gguf-bad-dimensions vast", "gguf-bad-dimensions 5 of a language model",
    "gguf-bad-dimensions 5 of no kernel",
    "gguf-unknown-type", "gguf-unknown-type newer",
    "gguf-removed-type", "gguf-fork-type", "gguf-block-mismatch", "gguf-size-overflow",
    "gguf-size-overflow side", "gguf-size-overflow zero",
    "gguf-bad-alignment", "gguf-bad-alignment zero",
    "gguf-bad-alignment type", "gguf-bad-alignment huge", "gguf-unaligned", "gguf-overlap",
    "gguf-short-tensor", "gguf-same-offset", "gguf-hole", "gguf-hole at the start",
    "gguf-offset-past-end", "gguf-offset-wraps", "gguf-cut-in-data", "gguf-path-like-name",
    "gguf-zero-byte-in-name", "gguf-long-text", "gguf-long-name vast", "gguf-header-bomb",
]  # fmt: skip
MEDIUM = [
    "gguf-unordered", "gguf-bad-bool", "gguf-bad-bool array", "gguf-nested-array", "gguf-bad-utf8",
    "gguf-long-name of a language model", "gguf-long-name of no parameter", "gguf-long-name",
    "gguf-empty-name", "gguf-control-letter-in-name",
]  # fmt: skip


def test_the_lists_of_cases_are_whole(build):
    assert sorted(damage(build)) == sorted(CASES)
    assert sorted(oddities(build)) == sorted(MEDIUM)


@pytest.mark.parametrize("case", CASES)
def test_each_kind_of_damage_has_its_own_name(put, build, case):
    path = put("x.gguf", damage(build)[case])
    assert found(path) == {case.split()[0]: "high"}
    for finding in read_gguf(path).findings:
        json.dumps(finding.evidence)
        assert finding.remedy


@pytest.mark.parametrize("case", MEDIUM)
def test_what_only_some_readers_refuse_is_named(put, build, case):
    assert found(put("x.gguf", oddities(build)[case])) == {case.split()[0]: "medium"}


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((2, 2), "announces 2 metadata entries and holds 1"),
        ((2, 3), "announces 3 metadata entries and holds 1"),
        ((2, 0), "announces 0 metadata entries and holds 1"),
        ((3, 1), "announces 3 tensors and holds 2"),
        ((5, 1), "announces 5 tensors and holds 2"),
        ((1, 1), "announces 1 tensors and holds 2"),
    ],
)
def test_a_count_that_lies_is_told_with_the_one_that_fits(put, build, counts, words):
    entries = [build.entry("a", (32, 4), 8), build.entry("b", (4,), 0, 160)]
    reading = read_gguf(put("x.gguf", build.gguf(entries, 160 + 32, counts=counts)))
    (finding,) = reading.findings
    assert (finding.rule, finding.severity) == ("gguf-wrong-count", "high")
    assert words in finding.message
    assert list(reading.header.tensors) == ["a", "b"]


def test_a_short_tensor_says_how_many_bytes_it_has_and_needs(put, build):
    entries = [
        build.entry("a", (32 * 129, 1), 0),
        build.entry("b", (8,), 0, 32 * 4 * 127),
        build.entry("c", (8,), 0, 32 * 4 * 127 + 32),
    ]
    (finding,) = read_gguf(put("x.gguf", build.gguf(entries, 32 * 4 * 127 + 64))).findings
    assert finding.rule == "gguf-short-tensor"
    assert finding.evidence["expected_bytes"] == 32 * 4 * 129
    assert finding.evidence["found_bytes"] == 32 * 4 * 127


def test_a_wrapping_offset_says_where_a_reader_in_c_lands(put, build):
    path = put("x.gguf", build.gguf([build.entry("a", (8,), 0, 2**64 - 32)], 64))
    (finding,) = read_gguf(path).findings
    start = read_gguf(path).header.data_start
    assert finding.evidence["lands_on"] == start - 32
    assert f"byte {start - 32}" in finding.message


def test_a_removed_and_a_private_type_are_named(put, build):
    for kind, word in ((4, "Q4_2"), (31, "Q4_0_4_4"), (144, "IQ4_KS")):
        entry = build.entry("a", (256,), kind)
        (finding,) = read_gguf(put("x.gguf", build.gguf([entry], 256))).findings
        assert word in finding.message


def test_a_type_of_unknown_size_ends_where_the_next_tensor_begins(put, build):
    entries = [build.entry("a", (256,), 500), build.entry("b", (8,), 0, 96)]
    header = read_gguf(put("x.gguf", build.gguf(entries, 128))).header
    a, b = header.tensors["a"], header.tensors["b"]
    assert (a.dtype, a.end, b.end) == ("TYPE_500", b.start, header.file_size)


def test_an_error_page_at_the_break_is_found(put, build):
    page = b"<html><body>Bad gateway</body></html>"
    path = put("x.gguf", build.gguf([build.entry("a", (1000,))], 500) + page)
    assert rules(path) == ["gguf-ends-in-a-page"]


def test_a_second_file_behind_the_first_is_found(put, build):
    one = build.gguf([build.entry("a", (8,))], 32)
    assert found(put("x.gguf", one + one)) == {"gguf-files-joined": "medium"}


def test_long_arrays_are_walked_and_shortened(put, build):
    words = b"".join(build.text(f"word{number}") for number in range(20_000))
    pair = build.pair("tokens", ARRAY, struct.pack("<IQ", TEXT, 20_000) + words)
    path = put("x.gguf", build.gguf([build.entry("a", (4,))], 32, pairs=(pair,)))
    header = read_gguf(path).header
    assert header.metadata["tokens"].startswith("word0,word1,")
    assert header.metadata["tokens"].endswith("(20000)")
    assert "a" in header.tensors


def test_a_text_in_an_array_that_leaves_the_file_is_a_cut(put, build):
    words = build.text("a") * 30 + struct.pack("<Q", 2**63) + b"b"
    pair = build.pair("tokens", ARRAY, struct.pack("<IQ", TEXT, 40) + words)
    path = put("x.gguf", build.gguf([build.entry("a", (4,))], 32, pairs=(pair,)))
    assert rules(path) == ["gguf-cut-in-header"]
