import json
import struct

import pytest

from compat.formats.dtypes import SAFETENSORS_BITS
from compat.formats.safetensors_file import read_safetensors

GOOD = {"a": ("F32", (2, 3)), "b": ("BF16", (4,))}


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def rules(path):
    return [finding.rule for finding in read_safetensors(path).findings]


def found(path):
    return {finding.rule: finding.severity.value for finding in read_safetensors(path).findings}


def test_a_right_file_has_no_findings_and_a_full_header(put, build):
    path = put("x.safetensors", build.safetensors(GOOD, {"format": "pt"}))
    reading = read_safetensors(path)
    assert reading.findings == ()
    assert reading.header.tensors["a"].shape == (2, 3)
    assert reading.header.metadata == {"format": "pt"}
    assert reading.header.tensors["b"].end == path.stat().st_size


A = '"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'
B = '"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}'
METADATA = '"__metadata__":{"config":"{\\"a\\": [1, -0]}","n":"a:b"}'
LEGAL = {
    "plain": ({"a": entry()}, 8),
    "scalar": ({"a": entry(shape=(), offsets=(0, 4))}, 4),
    "empty tensors": ({"a": entry(shape=(0, 4), offsets=(0, 0)), "b": entry()}, 8),
    "empty at the end": ({"a": entry(), "b": entry(shape=(3, 0), offsets=(8, 8))}, 8),
    "unordered": ({"b": entry(offsets=(8, 16)), "a": entry()}, 16),
    "padded": (f"{{{A}}}      ".encode(), 8),
    "metadata": (f"{{{METADATA},{A}}}".encode(), 8),
    "metadata last": (f"{{{A},{METADATA}}}".encode(), 8),
    "empty metadata": ({"__metadata__": {}, "a": entry()}, 8),
    "escapes": (f"{{{A.replace('F32', chr(92) + 'u00462')}}}".encode().replace(b"F2", b"F"), 8),
    "spaces": (f"{{ {A} , {B} }}".replace(":", " : ").encode(), 16),
    "minus in a name": (f"{{{A.replace('a', 'a-0', 1)}}}".encode(), 8),
    "slash in a name": ({"encoder/kernel:0": entry()}, 8),
    "letters of the world": ({"größe.重み": entry()}, 8),
    "name of a field": ({"data_offsets": entry(), "dtype": entry(offsets=(8, 16))}, 16),
    "dots": ({"a..b": entry(), ".": entry(offsets=(8, 16))}, 16),
    "half a byte twice": ({"a": entry("F4", (2, 3), (0, 3))}, 3),
}
LEGAL["escapes"] = (b'{"\\u0061":{"dtype":"\\u004632","shape":[2],"data_offsets":[0,8]}}', 8)


@pytest.mark.parametrize("case", LEGAL)
def test_what_the_format_allows_is_no_finding(put, build, case):
    header, size = LEGAL[case]
    found = read_safetensors(put("x.safetensors", build.raw(header, bytes(size)))).findings
    assert [finding for finding in found if finding.severity != "info"] == []


def test_no_tensors_at_all_is_legal_and_said(put, build):
    assert found(put("x.safetensors", build.raw({}))) == {"safetensors-no-tensors": "info"}


HALF = {**entry(), "data_offsets": [0, 4]}
TABLES = {
    "safetensors-bad-metadata": ({"__metadata__": {"a": 1}, "a": entry()}, 8),
    "safetensors-unknown-dtype": ({"a": entry(dtype="F7")}, 8),
    "safetensors-size-mismatch": ({"a": entry(shape=(3,))}, 8),
    "safetensors-part-of-a-byte": ({"a": entry("F4", (3,), (0, 2))}, 2),
    "safetensors-size-overflow": ({"a": entry(shape=(2**32, 2**32, 2))}, 8),
    "safetensors-size-overflow before a zero": ({"a": entry(shape=(2**62, 9, 0))}, 8),
    "safetensors-backwards-offsets": ({"a": entry(offsets=(8, 0))}, 8),
    "safetensors-hole": ({"a": entry(), "b": entry(offsets=(16, 24))}, 24),
    "safetensors-hole at the start": ({"a": entry(offsets=(8, 16))}, 16),
    "safetensors-overlap": ({"a": entry(), "b": entry(offsets=(4, 12))}, 12),
    "safetensors-same-bytes": ({"a": entry(), "b": entry()}, 8),
    "safetensors-empty-tensor-inside": ({"a": entry(), "b": entry(shape=(0,), offsets=(4, 4))}, 8),
    "safetensors-cut-in-data": ({"a": entry()}, 5),
    "safetensors-trailing-bytes": ({"a": entry()}, 11),
    "safetensors-path-like-name climbs": ({"../a": entry()}, 8),
    "safetensors-path-like-name climbs inside": ({"a/../../b": entry()}, 8),
    "safetensors-path-like-name absolute": ({"/etc/passwd": entry()}, 8),
    "safetensors-path-like-name drive": ({"C:\\a": entry()}, 8),
    "safetensors-path-like-name home": ({"~/a": entry()}, 8),
    "safetensors-path-like-name dots": ({"..": entry()}, 8),
    "safetensors-zero-byte-in-name": ({"a\0b": entry()}, 8),
    "safetensors-header-bomb": (f'{{{A[:-1]},"x":{"[" * 126}{"]" * 126}}}}}'.encode(), 8),
    "safetensors-duplicate-name": (f"{{{A},{B.replace('b', 'a', 1)}}}".encode(), 16),
    "safetensors-duplicate-name escaped": (
        f"{{{A},{B}}}".encode().replace(b'"b"', b'"\\u0061"'),
        16,
    ),
    "safetensors-duplicate-key": (f'{{{A[:-1]},"dtype":"F32"}}}}'.encode(), 8),
    "safetensors-duplicate-key of metadata": (f"{{{METADATA},{METADATA},{A}}}".encode(), 8),
    "safetensors-header-not-utf8": (b'{"\xff":1}', 0),
    "safetensors-header-not-object": (b"[]", 0),
    "safetensors-header-not-json": (f"{{{A}}}x".encode(), 8),
    "safetensors-header-not-json surrogate": (b'{"\\ud800":1}', 8),
}


@pytest.mark.parametrize("case", TABLES)
def test_each_rule_of_the_table_has_its_own_name(put, build, case):
    table, size = TABLES[case]
    severities = found(put("x.safetensors", build.raw(table, bytes(size))))
    severities.pop("safetensors-recent-dtype", None)
    assert severities == {case.split()[0]: "high"}


MEDIUM = {
    "safetensors-leading-space": (f" {{{A}}}".encode(), 8),
    "safetensors-leading-space line": (f"\n{{{A}}}".encode(), 8),
    "safetensors-null-metadata": ({"__metadata__": None, "a": entry()}, 8),
    "safetensors-extra-field": ({"a": {**entry(), "strides": [1]}}, 8),
    "safetensors-duplicate-metadata-key": (f'{{"__metadata__":{{"k":"","k":""}},{A}}}'.encode(), 8),
    "safetensors-control-letter-in-name": ({"a\x1b[2J": entry()}, 8),
    "safetensors-control-letter-in-name bidi": ({"a\u202eb": entry()}, 8),
    "safetensors-empty-name": ({"": entry()}, 8),
    "safetensors-metadata-look-alike": ({"__metadata__ ": entry()}, 8),
}  # fmt: skip


@pytest.mark.parametrize("case", MEDIUM)
def test_what_the_reference_opens_and_the_format_forbids_is_named(put, build, case):
    table, size = MEDIUM[case]
    path = put("x.safetensors", build.raw(table, bytes(size)))
    assert found(path) == {case.split()[0]: "medium"}
    assert "a" in "".join(read_safetensors(path).header.tensors) or case.endswith("empty-name")


def test_line_ends_as_padding_are_only_a_remark(put, build):
    path = put("x.safetensors", build.raw(f"{{{A}}}\n".encode(), bytes(8)))
    assert found(path) == {"safetensors-odd-padding": "info"}


FRONT = {
    "safetensors-too-small": b"abc",
    "safetensors-header-too-large": struct.pack("<Q", 100_000_001) + b"{}",
    "safetensors-cut-in-header": struct.pack("<Q", 500) + b'{"a":',
    "safetensors-header-not-json": struct.pack("<Q", 4) + b"{bad",
    "safetensors-header-empty": bytes(8) + b"x",
}


@pytest.mark.parametrize("rule", FRONT)
def test_each_kind_of_broken_front_has_its_own_name(put, rule):
    path = put("x.safetensors", FRONT[rule])
    assert (rules(path), read_safetensors(path).header) == ([rule], None)


@pytest.mark.parametrize("length", [20, 50_000, 2**40])
def test_a_wrong_header_length_is_told_from_a_cut_header(put, build, length):
    data = build.safetensors(GOOD)
    path = put("x.safetensors", struct.pack("<Q", length) + data[8:])
    (finding,) = read_safetensors(path).findings
    assert finding.rule == "safetensors-header-length-wrong"
    assert finding.evidence["expected_bytes"] == int.from_bytes(data[:8], "little")
    assert "not truncated" in finding.message


@pytest.mark.parametrize(
    "bad",
    [
        3,
        {},
        ["F32", [2], [0, 8]],
        entry(dtype=7),
        entry(dtype={"F32": None}),
        entry(shape=(-1,)),
        entry(shape=(1.5,)),
        entry(shape=(2.0,)),
        entry(shape=(True,)),
        entry(shape=(2,) * 200),
        entry(shape=("2",)),
        entry(shape=(None,)),
        entry(offsets=(0,)),
        entry(offsets=(0, 8, 8)),
        entry(offsets=(0, 2**70)),
        entry(offsets=(False, 8)),
    ],
)
def test_an_entry_that_is_no_tensor_is_refused(put, build, bad):
    path = put("x.safetensors", build.raw({"a": bad, "b": entry(offsets=(8, 16))}, bytes(16)))
    assert rules(path) == ["safetensors-bad-entry"]


@pytest.mark.parametrize("number", ["-0", "1e400", "-1e999", "9" * 400])
def test_numbers_that_the_reference_cannot_hold_are_refused(put, build, number):
    text = A.replace("[0,", "[-0,") if number == "-0" else f'{A[:-1]},"x":{number}}}'
    path = put("x.safetensors", build.raw(f"{{{text}}}".encode(), bytes(8)))
    assert "safetensors-bad-entry" in rules(path)


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


def test_a_lost_copy_of_a_tensor_is_one_finding_and_no_hole(put, build):
    text = f"{{{A},{B.replace('b', 'a', 1)}}}".encode()
    reading = read_safetensors(put("x.safetensors", build.raw(text, bytes(16))))
    assert [finding.rule for finding in reading.findings] == ["safetensors-duplicate-name"]
    assert reading.header.tensors["a"].start == 8 + len(text) + 8  # as the reference: the last wins


@pytest.mark.parametrize("word", ["C128", "float32", "F8_E4M3FN", "torch.bfloat16", "f16"])
def test_an_unknown_dtype_comes_with_what_it_should_be(put, build, word):
    (finding,) = read_safetensors(
        put("x.safetensors", build.raw({"a": entry(dtype=word)}, bytes(8)))
    ).findings
    assert finding.rule == "safetensors-unknown-dtype"
    assert "no release of" not in finding.message


@pytest.mark.parametrize(("word", "since"), [("F4", "0.6.0"), ("C64", "0.7.0"),
                                             ("F8_E5M2FNUZ", "0.8.0")])  # fmt: skip
def test_a_recent_dtype_is_named_with_the_release_that_first_read_it(put, build, word, since):
    size = 2 * SAFETENSORS_BITS[word] // 8
    table = {"a": entry(word, (2,), (0, size))}
    (finding,) = read_safetensors(put("x.safetensors", build.raw(table, bytes(size)))).findings
    assert (finding.rule, finding.severity) == ("safetensors-recent-dtype", "info")
    assert since in finding.message


PAGE = b"<!DOCTYPE html><html><head><title>503</title></head><body>Slow down</body></html>\n"


@pytest.mark.parametrize("page", [PAGE, b'{"error":"Rate limit","code":429}'], ids=["html", "json"])
@pytest.mark.parametrize("kept", [40, 5_000, 10_060])
def test_an_error_page_at_the_break_is_found_with_its_place(put, build, page, kept):
    data = build.safetensors({"a": ("F32", (50, 50))})
    path = put("x.safetensors", data[:kept] + page)
    (finding,) = read_safetensors(path).findings
    assert finding.rule == "safetensors-ends-in-a-page"
    assert finding.evidence["found_bytes"] == kept
    assert f"cut the file to {kept} bytes" in finding.remedy


def test_two_files_run_together_are_told_apart(put, build):
    first, second = build.safetensors(GOOD), build.safetensors({"c": ("F32", (2,))})
    (finding,) = read_safetensors(put("x.safetensors", first + second)).findings
    assert (finding.rule, finding.severity) == ("safetensors-files-joined", "high")
    assert f"byte {len(first)}" in finding.remedy
    assert "not truncated" in finding.message


@pytest.mark.parametrize(
    "header",
    [
        b'{"a":' * 200_000,
        b"[" * 500_000,
        b'{"a":' + b"9" * 50_000 + b"}",
        b'{"a":NaN}',
        b'{"a":[' + b"[]," * 1_500_000 + b"[]]}",
        b'{"a":{' + b'"x":0,' * 300_000 + b'"y":1}}',
        b"null",
        b'{"a":"' + b"x" * 3_000_000 + b'"}',
        b"{" + b",".join(b'"%d":0' % number for number in range(900_000)) + b"}",
    ],
    ids=["deep objects", "deep lists", "huge number", "nan", "many lists", "many fields", "null",
         "long text", "many entries"],
)  # fmt: skip
def test_json_bombs_are_refused_without_being_built(put, build, header):
    reading = read_safetensors(put("x.safetensors", build.raw(header)))
    assert reading.findings[0].severity == "high"
    assert len(reading.findings) <= 17


def test_a_text_larger_than_any_header_is_left_unread_and_said(put):
    text = b'{"__metadata__":{"a":"' + b"x" * (33 << 20) + b'"}}'
    path = put("x.safetensors", struct.pack("<Q", len(text)) + text)
    assert found(path) == {"safetensors-header-vast": "medium"}


def test_padding_may_be_as_long_as_the_format_allows(put):
    text = f"{{{A}}}".encode()
    path = put("x.safetensors", struct.pack("<Q", 90_000_000) + text.ljust(90_000_000) + bytes(8))
    assert found(path) == {}


def test_a_hostile_name_cannot_flood_or_break_the_message(put, build):
    name = "\u202e" + "x" * 100_000
    path = put("x.safetensors", build.raw({name: entry(dtype="?")}, bytes(8)))
    for finding in read_safetensors(path).findings:
        assert len(finding.message) < 400
        finding.message.encode("ascii")


def test_a_million_bad_entries_give_a_few_findings(put, build):
    table = {str(number): 1 for number in range(50_000)}
    reading = read_safetensors(put("x.safetensors", build.raw(table)))
    assert (len(reading.findings), reading.header) == (16, None)


def test_evidence_is_json(put, build):
    for table, size in TABLES.values():
        for finding in read_safetensors(put("x", build.raw(table, bytes(size)))).findings:
            json.dumps(finding.evidence)
