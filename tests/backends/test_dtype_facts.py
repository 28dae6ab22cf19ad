"""Recorded facts answer for a version and a card, and say when they cannot."""

import pytest

from compat.backends.dtype_facts import Answer, dtype_facts, takes
from compat.formats.dtypes import GGML_TYPES, SAFETENSORS_BITS


@pytest.mark.parametrize(
    ("torch", "dtype", "answer"),
    [
        ("2.14.1", "F8_E4M3", Answer.NO),
        ("2.15.0", "F8_E4M3", Answer.YES),
        ("2.15.0", "F8_E5M2", Answer.NO),
        ("2.15.0", "F64", Answer.NO),
        ("2.14.1", "BF16", Answer.YES),
        ("2.15.0", "F6_E2M3", Answer.UNKNOWN),
        ("", "F8_E4M3", Answer.DEPENDS),
    ],
)
def test_mps_takes_fp8_from_torch_2_15_and_e4m3_alone(torch, dtype, answer):
    versions = {"torch": torch} if torch else {}
    assert takes("mps", dtype, what="store", versions=versions).answer is answer


@pytest.mark.parametrize(
    ("capability", "answer"),
    [(8.6, Answer.NO), (8.9, Answer.YES), (9.0, Answer.YES), (None, Answer.DEPENDS)],
)
def test_scaled_multiplication_needs_a_card_of_8_9(capability, answer):
    known = takes(
        "cuda", "F8_E4M3", what="scaled-mm", versions={"torch": "2.7"}, capability=capability
    )
    assert known.answer is answer
    assert "8.9" in known.error


def test_every_ggml_type_has_an_answer_for_every_reader_of_gguf():
    for reader in ("mlx-gguf", "diffusers-gguf", "comfyui-gguf", "gguf-py"):
        lacking = [
            name
            for name, _, _ in GGML_TYPES.values()
            if takes(reader, name, what="read").answer is Answer.UNKNOWN
        ]
        assert lacking == [], reader


def test_every_safetensors_word_has_an_answer_for_mlx():
    unknown = {
        word
        for word in SAFETENSORS_BITS
        if takes("mlx-safetensors", word, what="read").answer is Answer.UNKNOWN
    }
    assert unknown == set()


def test_facts_name_types_that_exist_and_a_source():
    known = {*SAFETENSORS_BITS, *(name for name, _, _ in GGML_TYPES.values())}
    packed = {"NVFP4", "MXFP4", "MXFP8", "C32", "C128"}  # complex of torch, in no file
    for fact in dtype_facts():
        assert set(fact.dtypes) <= known | packed, fact.source
        assert fact.source
        assert fact.checked in ("run", "read", "reported")


def test_facts_do_not_contradict_each_other():
    seen = {}
    for fact in dtype_facts():
        for dtype in fact.dtypes:
            place = (fact.who, fact.what, dtype)
            seen.setdefault(place, []).append(fact)
    for place, facts in seen.items():
        assert len(facts) == len({fact.versions for fact in facts}), place
        assert len(facts) == 1 or all(fact.versions for fact in facts), place
