import struct

import pytest

from compat.formats.gguf_file import read_gguf


def rules(path):
    return [finding.rule for finding in read_gguf(path).findings]


def test_a_right_file_has_no_findings_and_its_shapes_slowest_first(put, build):
    entries = [build.entry("a", (32, 4), 8), build.entry("b", (4,), 0, 160)]
    path = put("x.gguf", build.gguf(entries, 160 + 32))
    reading = read_gguf(path)
    assert reading.findings == ()
    assert reading.header.tensors["a"].shape == (4, 32)
    assert reading.header.tensors["a"].dtype == "Q8_0"
    assert reading.header.metadata["general.architecture"] == "ltxv"


def make(case, build):
    ok = build.entry("a", (4,))
    architecture = build.pair("general.architecture", 8, build.text("ltxv"))
    alignment = build.pair("general.alignment", 4, struct.pack("<I", 3))
    bad_array = build.pair("k", 9, struct.pack("<IQ", 0, 2**60))
    bomb = build.pair("k", 9, struct.pack("<IQ", 9, 1) * 5000)
    cases = {
        "gguf-bad-magic": b"GGML" + bytes(60),
        "gguf-version": build.gguf([ok], 32, version=1),
        "gguf-cut-in-header": build.gguf([ok], 0)[:60],
        "gguf-count-too-high": build.gguf([ok], 32, counts=(2**60, 1)),
        "gguf-count-too-high pairs": build.gguf([ok], 32, counts=(1, 2**40)),
        "gguf-count-too-high array": build.gguf([ok], 32, pairs=(bad_array,)),
        "gguf-bad-value": build.gguf([ok], 32, pairs=(bomb,)),
        "gguf-duplicate-key": build.gguf([ok], 32, pairs=(architecture, architecture)),
        "gguf-duplicate-name": build.gguf([ok, ok], 32),
        "gguf-bad-name": build.gguf([build.entry("", (4,))], 32),
        "gguf-bad-dimensions": build.gguf([build.entry("a", ())], 32),
        "gguf-bad-dimensions five": build.gguf([build.entry("a", (1, 1, 1, 1, 4))], 32),
        "gguf-unknown-type": build.gguf([build.entry("a", (4,), 99)], 32),
        "gguf-block-mismatch": build.gguf([build.entry("a", (40,), 8)], 64),
        "gguf-bad-alignment": build.gguf([ok], 32, pairs=(architecture, alignment)),
        "gguf-unaligned": build.gguf([build.entry("a", (4,), 0, 8)], 32),
        "gguf-overlap": build.gguf([build.entry("a", (16,)), build.entry("b", (4,), 0, 32)], 64),
        "gguf-overlap same": build.gguf([ok, build.entry("b", (4,))], 32),
        "gguf-hole": build.gguf([build.entry("a", (8,)), build.entry("b", (8,), 0, 96)], 128),
        "gguf-cut-in-data": build.gguf([build.entry("a", (1000,))], 64),
        "gguf-cut-in-data wrapped": build.gguf([build.entry("a", (8,), 0, 2**64 - 32)], 64),
        "gguf-cut-in-data vast": build.gguf([build.entry("a", (2**63, 2**63))], 64),
        "gguf-trailing-bytes": build.gguf([ok], 4096),
        "gguf-no-tensors": build.gguf([], 0),
        "gguf-no-architecture": build.gguf([ok], 32, pairs=()),
        "gguf-long-name": build.gguf([build.entry("n" * 80, (4,))], 32),
        "gguf-long-text": b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 17 << 20) + bytes(18 << 20),
    }
    return cases[case]


@pytest.mark.parametrize("case", [
    "gguf-bad-magic", "gguf-version", "gguf-cut-in-header", "gguf-count-too-high",
    "gguf-count-too-high pairs", "gguf-count-too-high array", "gguf-bad-value",
    "gguf-duplicate-key", "gguf-duplicate-name", "gguf-bad-name", "gguf-bad-dimensions",
    "gguf-bad-dimensions five", "gguf-unknown-type", "gguf-block-mismatch", "gguf-bad-alignment",
    "gguf-unaligned", "gguf-overlap", "gguf-overlap same", "gguf-hole", "gguf-cut-in-data",
    "gguf-cut-in-data wrapped", "gguf-cut-in-data vast", "gguf-trailing-bytes", "gguf-no-tensors",
    "gguf-no-architecture", "gguf-long-name", "gguf-long-text",
])  # fmt: skip
def test_each_kind_of_damage_has_its_own_name(put, build, case):
    assert case.split()[0] in rules(put("x.gguf", make(case, build)))


def test_padding_after_the_last_tensor_is_normal(put, build):
    assert rules(put("x.gguf", build.gguf([build.entry("a", (4,))], 32))) == []


def test_long_arrays_are_walked_and_shortened(put, build):
    words = b"".join(build.text(f"word{number}") for number in range(300))
    pair = build.pair("tokens", 9, struct.pack("<IQ", 8, 300) + words)
    path = put("x.gguf", build.gguf([build.entry("a", (4,))], 32, pairs=(pair,)))
    header = read_gguf(path).header
    assert header.metadata["tokens"].startswith("word0,word1,")
    assert header.metadata["tokens"].endswith("(300)")
    assert "a" in header.tensors
