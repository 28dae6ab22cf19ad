"""Every broken file on which the reference readers were measured, each with its own right reason.

safetensors 0.8.0 opens 14 of the safetensors files and gguf-py 0.19.0 opens 13 of the gguf files;
the others they refuse, several with one text for four causes. ``None`` stands for a legal file.
"""

import json
import pickle
import struct
import zipfile
from io import BytesIO

import numpy as np
import pytest
from safetensors import SafetensorError, safe_open

from compat.formats.verify import verify
from tests.formats.conftest import (
    ARCHITECTURE,
    gguf_bytes,
    gguf_entry,
    gguf_pair,
    gguf_text,
    raw_safetensors,
    safetensors_bytes,
)

WEIGHTS = np.random.default_rng(0).standard_normal((4, 64, 64)).astype("<f4")
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 5135149760\n"


def entry(number, **change):
    start = number * 16384
    return {"dtype": "F32", "shape": [64, 64], "data_offsets": [start, start + 16384], **change}


TABLE = {f"block.{number}.weight": entry(number) for number in range(4)}
DATA = WEIGHTS.tobytes()
GOOD = raw_safetensors(TABLE, DATA)


def changed(name="block.1.weight", **change):
    return raw_safetensors({**TABLE, name: {**TABLE[name], **change}}, DATA)


def zeroed(start, end):
    return raw_safetensors(TABLE, DATA[:start] + bytes(end - start) + DATA[end:])


def renamed(name):
    return raw_safetensors({name: entry(0), **dict(list(TABLE.items())[1:])}, DATA)


def a_zip():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}.")
    return out.getvalue()


HEADER_END = 8 + int.from_bytes(GOOD[:8], "little")
TWICE = json.dumps(TABLE)[:-1] + ', "block.1.weight": ' + json.dumps(entry(1)) + "}"
SPACES = b" " * 512
NAN = DATA[:16384] + b"\x00\x00\xc0\x7f" * 64 + DATA[16640:]
SAFETENSORS = {
    "good": (GOOD, None),
    "cut_tail": (GOOD[:-1], "safetensors-cut-in-data"),
    "cut_half": (GOOD[: len(GOOD) // 2], "safetensors-cut-in-data"),
    "cut_after_header": (GOOD[:HEADER_END], "safetensors-cut-in-data"),
    "cut_header": (GOOD[:100], "safetensors-cut-in-header"),
    "cut_length": (GOOD[:5], "safetensors-too-small"),
    "trailing": (GOOD + b"x" * 100, "safetensors-trailing-bytes"),
    "trailing_zeros": (GOOD + bytes(4096), "safetensors-trailing-bytes"),
    "cat_of_two": (GOOD + GOOD, "safetensors-files-joined"),
    "page_at_the_break": (GOOD[:30_000] + PAGE, "safetensors-ends-in-a-page"),
    "empty": (b"", "empty-file"),
    "html": (PAGE, "html-page"),
    "json_error": (b'{"error":"Access to model is restricted"}', "json-error"),
    "lfs_pointer": (POINTER, "lfs-pointer"),
    "gguf_renamed": (gguf_bytes([gguf_entry("a", (8,))], 32), "misnamed"),
    "zip_ckpt_renamed": (a_zip(), "pickle-misnamed"),
    "pickle_renamed": (pickle.dumps({"a": 1}), "pickle-misnamed"),
    "prealloc_zero": (bytes(200_000), "zero-filled"),
    "prealloc_zero_data": (zeroed(0, len(DATA)), "zero-data"),
    "zero_tail": (zeroed(40_000, len(DATA)), "zero-tail"),
    "last_tensor_zero": (zeroed(3 * 16384, len(DATA)), "zero-last-tensor"),
    "middle_zeroed": (zeroed(20_000, 45_000), "zero-regions"),
    "zero_head": (bytes(8192) + GOOD[8192:], "zero-head"),
    "nan_data": (raw_safetensors(TABLE, NAN), "weights-not-finite"),
    "hole": (raw_safetensors({"a": entry(0), "b": entry(2)}, DATA[:49152]), "safetensors-hole"),
    "overlap": (changed(data_offsets=[16380, 32764]), "safetensors-overlap"),
    "backwards": (changed(data_offsets=[32768, 16384]), "safetensors-backwards-offsets"),
    "same_bytes": (
        raw_safetensors({"a": entry(0), "b": entry(0)}, DATA[:16384]),
        "safetensors-same-bytes",
    ),
    "shape_not_bytes": (changed(shape=[64, 63]), "safetensors-size-mismatch"),
    "shape_overflow": (changed(shape=[2**33, 2**33]), "safetensors-size-overflow"),
    "negative_shape": (changed(shape=[-64, -64]), "safetensors-bad-entry"),
    "float_shape": (changed(shape=[64.0, 64]), "safetensors-bad-entry"),
    "bool_offset": (changed(data_offsets=[True, 16384]), "safetensors-bad-entry"),
    "no_dtype": (changed(dtype=None), "safetensors-bad-entry"),
    "unknown_dtype": (changed(dtype="C128"), "safetensors-unknown-dtype"),
    "f4_odd": (changed(dtype="F4", shape=[3]), "safetensors-part-of-a-byte"),
    "dup_key": (raw_safetensors(TWICE.encode(), DATA), "safetensors-duplicate-name"),
    "extra_field": (changed(strides=[64, 1]), "safetensors-extra-field"),
    "lead_space": (
        raw_safetensors(b" " + json.dumps(TABLE).encode(), DATA),
        "safetensors-leading-space",
    ),
    "padded": (raw_safetensors(json.dumps(TABLE).encode() + SPACES, DATA), None),
    "meta_null": (
        raw_safetensors({"__metadata__": None, **TABLE}, DATA),
        "safetensors-null-metadata",
    ),
    "meta_number": (
        raw_safetensors({"__metadata__": {"step": 7}, **TABLE}, DATA),
        "safetensors-bad-metadata",
    ),
    "meta_is_a_tensor": (
        raw_safetensors({**TABLE, "__metadata__": entry(0)}, DATA),
        "safetensors-bad-metadata",
    ),
    "path_key": (renamed("../../etc/passwd"), "safetensors-path-like-name"),
    "absolute_key": (renamed("/etc/passwd"), "safetensors-path-like-name"),
    "nul_key": (renamed("block\0weight"), "safetensors-zero-byte-in-name"),
    "no_tensors": (raw_safetensors({}), None),
    "scalar": (safetensors_bytes({"a": ("F32", ())}), None),
    "empty_tensor": (safetensors_bytes({"a": ("F32", (0, 4)), "b": ("F32", (4,))}), None),
    "header_length_zero": (bytes(8) + GOOD[8:], "safetensors-header-empty"),
    "header_length_lies": (
        struct.pack("<Q", HEADER_END + 92) + GOOD[8:],
        "safetensors-header-length-wrong",
    ),
    "header_too_large": (struct.pack("<Q", 2**40) + GOOD[100:], "not-what-its-name-says"),
    "nested": (raw_safetensors(b'{"a":' * 5000), "safetensors-header-bomb"),
    "not_utf8": (raw_safetensors(b'{"\xff": 1}'), "safetensors-header-not-utf8"),
    "text": (b"Entry not found", "text-content"),
}
OPENED_AND_BAD = {
    "dup_key", "extra_field", "lead_space", "meta_null", "middle_zeroed", "nan_data", "path_key",
    "absolute_key", "nul_key", "prealloc_zero_data", "last_tensor_zero", "zero_tail",
}  # fmt: skip
"""What the reference opens and is no right file."""

A, B = gguf_entry("a", (64, 16)), gguf_entry("b", (64, 16), 0, 4096)
FLOATS = DATA[:8192]


def gguf(entries, data=FLOATS, **options):
    return gguf_bytes(entries, 0, **options) + data


def with_pair(*pairs, entries=(A, B), data=FLOATS):
    return gguf(list(entries), data, pairs=(ARCHITECTURE, *pairs))


def alignment(number):
    return with_pair(gguf_pair("general.alignment", 4, struct.pack("<I", number)))


RIGHT = gguf([A, B])
GGUF_NAN = b"\x00\x00\xc0\x7f" * 64 + FLOATS[256:]
GGUF = {
    "good": (RIGHT, None),
    "cut_tail": (RIGHT[:-100], "gguf-cut-in-data"),
    "cut_header": (RIGHT[:70], "gguf-cut-in-header"),
    "byte_swapped": (gguf([A, B], version=0x03000000), "gguf-big-endian"),
    "version_1": (gguf([A, B], version=1), "gguf-version"),
    "version_9": (gguf([A, B], version=9), "gguf-version"),
    "html": (PAGE, "html-page"),
    "lfs": (POINTER, "lfs-pointer"),
    "zero_filled": (bytes(100_000), "zero-filled"),
    "safetensors_renamed": (GOOD, "misnamed"),
    "huge_dims": (gguf([gguf_entry("a", (2**40, 2**30))]), "gguf-size-overflow"),
    "offset_past_eof": (gguf([A, gguf_entry("b", (64, 16), 0, 2**30)]), "gguf-offset-past-end"),
    "overlap": (
        gguf([A, gguf_entry("b", (64, 16), 0, 4064), gguf_entry("c", (8,), 0, 8192)],
             FLOATS + FLOATS[:32]),
        "gguf-overlap",
    ),
    "short_tensor": (gguf([A, gguf_entry("b", (64, 16), 0, 4064)], FLOATS[:-32]),
                     "gguf-short-tensor"),
    "same_offset": (gguf([A, gguf_entry("b", (64, 16))], FLOATS[:4096]), "gguf-same-offset"),
    "hole": (gguf([A, gguf_entry("b", (64, 16), 0, 4160)], FLOATS + FLOATS[:64]), "gguf-hole"),
    "unaligned_off": (gguf([A, gguf_entry("b", (64, 16), 0, 4100)], FLOATS + FLOATS[:4]),
                      "gguf-unaligned"),
    "off_wrap": (gguf([A, gguf_entry("b", (64, 16), 0, 2**64 - 32)]), "gguf-offset-wraps"),
    "trailing": (RIGHT + FLOATS[:1000], None),
    "nk_more": (gguf([A, B], counts=(2, 2)), "gguf-wrong-count"),
    "nt_more": (gguf([A, B], counts=(3, 1)), "gguf-wrong-count"),
    "nt_less": (gguf([A, B], counts=(1, 1)), "gguf-wrong-count"),
    "longname": (gguf([gguf_entry("n" * 150, (64, 16)), B]), "gguf-long-name"),
    "name_80": (gguf([gguf_entry("n" * 80, (64, 16)), B]), "gguf-long-name"),
    "dims5": (gguf([gguf_entry("a", (64, 2, 2, 2, 2)), B]), "gguf-bad-dimensions"),
    "dims6": (gguf([gguf_entry("a", (64, 2, 2, 2, 2, 1)), B]), "gguf-bad-dimensions"),
    "dims0": (gguf([gguf_entry("a", (64, 0)), gguf_entry("b", (64, 32))]), None),
    "no_architecture": (gguf([A, B], pairs=()), None),
    "no_tensors": (gguf([], b""), None),
    "nan": (gguf([A, B], GGUF_NAN), "weights-not-finite"),
    "bad_type": (gguf([gguf_entry("a", (64, 16), 77), B]), "gguf-unknown-type"),
    "removed_type": (gguf([gguf_entry("a", (64, 16), 5), B]), "gguf-removed-type"),
    "dup_tensor": (gguf([A, gguf_entry("a", (64, 16), 0, 4096)]), "gguf-duplicate-name"),
    "dup_kv": (with_pair(ARCHITECTURE), "gguf-duplicate-key"),
    "alignment_0": (alignment(0), "gguf-bad-alignment"),
    "alignment_3": (alignment(3), "gguf-bad-alignment"),
    "block_mismatch": (gguf([gguf_entry("a", (40, 16), 8), B]), "gguf-block-mismatch"),
    "huge_count": (gguf([A, B], counts=(2**62, 1)), "gguf-count-too-high"),
    "huge_array": (with_pair(gguf_pair("k", 9, struct.pack("<IQ", 8, 2**50))),
                   "gguf-count-too-high"),
    "bad_bool": (with_pair(gguf_pair("k", 7, b"\7")), "gguf-bad-bool"),
    "nested_array": (
        with_pair(gguf_pair("k", 9, struct.pack("<IQIQ", 9, 1, 0, 1) + b"x")),
        "gguf-nested-array",
    ),
    "bad_utf8_name": (gguf([gguf_entry(b"\xff\xfe", (64, 16)), B]), "gguf-bad-utf8-name"),
    "bad_utf8_value": (with_pair(gguf_pair("k", 8, gguf_text(b"\xff"))), "gguf-bad-utf8"),
}  # fmt: skip


def reasons(path):
    (report,) = verify(path, deep=True).reports
    worse = [finding for finding in report.findings if finding.severity not in ("info", "low")]
    return report, [finding.rule for finding in worse]


@pytest.mark.parametrize("name", SAFETENSORS)
def test_each_safetensors_fixture_has_its_reason(put, name):
    data, rule = SAFETENSORS[name]
    report, rules = reasons(put("x.safetensors", data))
    if rule is None:
        assert (report.verdict, rules) == ("ok", [])
    else:
        assert rules[0] == rule
        assert all(finding.remedy for finding in report.findings)


@pytest.mark.parametrize("name", GGUF)
def test_each_gguf_fixture_has_its_reason(put, name):
    data, rule = GGUF[name]
    report, rules = reasons(put("x.gguf", data))
    if rule is None:
        assert (report.verdict, rules) == ("ok", [])
    else:
        assert rules[0] == rule
        assert all(finding.remedy for finding in report.findings)


@pytest.mark.parametrize("name", SAFETENSORS)
def test_the_reference_opens_of_the_bad_ones_what_the_list_says(put, name):
    data, rule = SAFETENSORS[name]
    try:
        with safe_open(str(put("x.safetensors", data)), framework="np") as handle:
            opened = bool(list(handle.keys())) or name == "no_tensors"
    except SafetensorError:
        opened = False
    assert opened == (rule is None or name in OPENED_AND_BAD)


def test_there_are_as_many_as_were_measured():
    assert len(SAFETENSORS) + len(GGUF) >= 75
