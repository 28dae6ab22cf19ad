"""The small files of a model folder: what they really are, and whether they are whole."""

import pytest

from compat.formats.verify import verify

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 5135149\n"


def rules(path):
    return [f.rule for f in verify(path).findings]


def piece(text, score=b"\x00\x00\x00\x00"):
    inner = b"\x0a" + bytes([len(text)]) + text + b"\x15" + score
    return b"\x0a" + bytes([len(inner)]) + inner


VOCABULARY = b"".join(piece(b"word%d" % n) for n in range(50)) + b"\x12\x02\x08\x01"

WRONG = {
    "companion-lfs-pointer": POINTER,
    "companion-html-page": b"<!DOCTYPE html><html>",
    "companion-zero-filled": bytes(5000),
    "companion-empty": b"",
}


@pytest.mark.parametrize("name", ["merges.txt", "tokenizer/tokenizer_config.json", "spiece.model"])
@pytest.mark.parametrize("rule", WRONG)
def test_what_lies_in_the_place_of_a_small_file_is_named(folder, rule, name):
    (folder / name).write_bytes(WRONG[rule])
    assert rules(folder) == [rule]


def test_broken_json_is_named_and_odd_but_right_json_is_not(folder):
    path = folder / "tokenizer" / "special_tokens_map.json"
    for text, expected in {
        '{"a": 1': ["companion-not-json"],
        "[" * 100_000: ["companion-not-json"],
        '{"limit": [0.0, Infinity], "a": 1, "a": 2}': [],
        '{"status": "x", "message": "y"}': [],
    }.items():
        path.write_text(text, "utf-8")
        assert rules(folder) == expected


def test_a_large_vocabulary_is_looked_at_by_its_ends(folder):
    path = folder / "tokenizer" / "tokenizer.json"
    whole = b'{"a": "' + b"x" * (5 << 20) + b'"}'
    path.write_bytes(whole)
    assert rules(folder) == []
    path.write_bytes(whole[:-20])
    assert rules(folder) == ["companion-not-json"]


@pytest.mark.parametrize("cut", [3, 200])
def test_a_sentencepiece_vocabulary_is_whole_or_told(folder, cut):
    path = folder / "tokenizer" / "spiece.model"
    path.write_bytes(VOCABULARY)
    assert rules(folder) == []
    path.write_bytes(VOCABULARY[:-cut])
    assert rules(folder) == (["vocabulary-broken"])


@pytest.mark.parametrize(
    "data", [b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x0b\x00", b"hello"]
)
def test_any_other_bytes_are_no_vocabulary(folder, data):
    (folder / "tokenizer" / "spiece.model").write_bytes(data)
    assert rules(folder) == ["vocabulary-broken"]


def test_files_for_people_may_be_anything(folder):
    (folder / "README.txt").write_bytes(b"")
    (folder / "LICENSE.txt").write_bytes(POINTER)
    assert rules(folder) == []


def test_a_config_says_what_it_is_instead(folder):
    (folder / "vae" / "config.json").write_bytes(POINTER)
    (finding,) = verify(folder).findings
    assert (finding.rule, "git-lfs pointer" in finding.message) == (
        "component-config-unreadable", True,
    )  # fmt: skip
