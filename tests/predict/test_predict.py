"""The verdict is the worst of what was found, and never that it works."""

from dataclasses import replace

import pytest

from compat.predict.model import Expected
from compat.predict.predict import predict
from tests.predict.traces import MAC, attention, op, seen, tensor

DOUBLE = op("linspace", outputs=[tensor("F64", 4)], place="a.py:1")
FALLBACK = op("upsample_nearest3d", [tensor("F32", 1)], [tensor("F32", 1)], place="b.py:2")
WIDE = attention(32760)
OLD = replace(MAC, torch="2.6")


@pytest.mark.parametrize(
    ("ops", "expected"),
    [
        ((DOUBLE, FALLBACK, WIDE), Expected.FAILS),
        ((FALLBACK, WIDE), Expected.SILENT),
        ((FALLBACK,), Expected.SLOW),
        ((), Expected.UNKNOWN),
    ],
)
def test_the_worst_counts(ops, expected):
    assert predict([seen(*ops)], OLD).expected is expected


def test_there_is_no_word_for_works():
    assert {word.value for word in Expected} == {"fails", "silently-wrong", "slow", "unknown"}


def test_one_cause_met_in_both_passes_is_told_once():
    found = predict([seen(DOUBLE), seen(DOUBLE, size="real")], MAC)
    assert [finding.rule for finding in found.findings] == ["dtype-not-stored"]


def test_a_recorded_fault_is_one_thing_wherever_it_is_met():
    wider = replace(attention(40000), place="decoder.py:9")
    found = predict([seen(WIDE), seen(WIDE, wider, size="real")], OLD).findings
    assert sorted(finding.rule for finding in found) == [
        "mps-attention-half-precision", "mps-attention-scores-over-4g",
    ]  # fmt: skip
    assert {finding.evidence["size"] for finding in found} == {40000, 12 * 40000**2}


def test_two_operations_without_kernels_in_one_file_are_both_told():
    ops = (op(name, [tensor("F32", 1)], [tensor("F32", 1)]) for name in ("_aminmax", "_int_mm"))
    assert len(predict([seen(*ops)], MAC).findings) == 2


def test_two_causes_in_one_file_are_both_told():
    other = op("view_as_complex", outputs=[tensor("C128", 4)], place="a.py:2")
    found = predict([seen(DOUBLE, other)], MAC)
    assert {finding.evidence["dtype"] for finding in found.findings} == {"F64", "C128"}


def test_a_pass_that_stopped_is_told():
    [first, *_] = predict([seen(stopped="ValueError: no", stopped_at="c.py:3")], MAC).unknown
    assert "ValueError: no" in first
    assert "c.py:3" in first


@pytest.mark.parametrize(
    ("torch", "words"), [("2.99", "end at"), ("2.0", "reach from"), ("2.13", None)]
)
def test_versions_beyond_the_facts_are_told(torch, words):
    unknown = predict([seen()], replace(MAC, torch=torch)).unknown
    assert [sentence for sentence in unknown if words and words in sentence] or words is None
    assert bool(unknown) is (words is not None)


def test_measures_name_the_peak_of_each_phase_with_and_without_offload():
    trace = seen(
        WIDE, size="real", weights={"transformer": 100, "vae": 10},
        peaks={"denoise": 5, "decode": 7},
    )  # fmt: skip
    measures = predict([trace], MAC).measures["real"]
    assert measures["peak_bytes"] == {"denoise": 115, "decode": 117}
    assert measures["offloaded_peak_bytes"] == {"denoise": 105, "decode": 17}
    assert measures["largest_attention_elements"] == 12 * 32760**2
