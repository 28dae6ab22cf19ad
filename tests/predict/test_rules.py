"""Every rule fires at what it is about and stays silent beside it."""

from dataclasses import replace

import pytest

from compat.core.model import Severity
from compat.predict.model import Asked
from compat.predict.predict import rules
from tests.predict.traces import MAC, attention, op, seen, tensor

GIB = 1 << 30


def findings(rule, trace, asked):
    return list(rules()[rule].check(trace, asked))


@pytest.mark.parametrize("dtype", ["F64", "C128", "F8_E5M2"])
def test_a_dtype_that_mps_cannot_hold_fails_at_the_line_that_makes_it(dtype):
    made = op("linspace", outputs=[tensor(dtype, 4)], place="diffusers/rope.py:73")
    after = op("slice", [tensor(dtype, 4)], [tensor(dtype, 2)], place="diffusers/rope.py:80")
    [finding] = findings("dtype-not-stored", seen(made, after), MAC)
    assert finding.severity is Severity.HIGH
    assert (finding.place.path, finding.place.detail) == ("diffusers/rope.py", "line 73")
    assert finding.evidence["places"] == ["diffusers/rope.py:73"]
    assert finding.evidence["error"]


@pytest.mark.parametrize("dtype", ["F32", "BF16", "F16", "C64", "I64", "BOOL"])
def test_dtypes_that_mps_holds_are_passed_over(dtype):
    made = op("zeros", outputs=[tensor(dtype, 4)])
    assert findings("dtype-not-stored", seen(made), MAC) == []


@pytest.mark.parametrize(("torch", "fires"), [("2.14", True), ("2.15", False)])
def test_e4m3_is_refused_before_torch_2_15_alone(torch, fires):
    cast = op("_to_copy", [tensor("BF16", 4)], [tensor("F8_E4M3", 4)])
    found = findings("dtype-not-stored", seen(cast), replace(MAC, torch=torch))
    assert bool(found) is fires


def test_a_card_holds_float64():
    made = op("zeros", outputs=[tensor("F64", 4)])
    assert findings("dtype-not-stored", seen(made), Asked(kind="cuda", torch="2.13")) == []


@pytest.mark.parametrize(("torch", "fires"), [("2.9", True), ("2.10", True), ("2.6", True)])
def test_an_operation_without_kernel_fails(torch, fires):
    pooled = op("_adaptive_avg_pool3d", [tensor("F32", 1, 2, 4, 4, 4)], [tensor("F32", 1, 2)])
    [finding] = findings("op-without-kernel", seen(pooled), replace(MAC, torch=torch))
    assert finding.evidence["expected"] == "fails"
    assert "_adaptive_avg_pool3d" in finding.message


@pytest.mark.parametrize(("torch", "expected"), [("2.6", ["slow"]), ("2.7", ["slow"]), ("2.8", [])])
def test_an_operation_that_falls_back_by_itself_is_slow_and_no_failure(torch, expected):
    larger = op("upsample_nearest3d", [tensor("BF16", 1, 2, 4, 4, 4)], [tensor("BF16", 1, 2)])
    found = findings("op-without-kernel", seen(larger), replace(MAC, torch=torch))
    assert [finding.evidence["expected"] for finding in found] == expected
    assert [finding.rule for finding in found] == ["cpu-fallback"] * len(expected)


def test_an_operation_with_a_kernel_is_passed_over():
    product = op("addmm", [tensor("F32", 4, 4)] * 3, [tensor("F32", 4, 4)])
    assert findings("op-without-kernel", seen(product), MAC) == []


def test_where_the_table_does_not_reach_it_says_that_it_does_not_know():
    pooled = op("_adaptive_avg_pool3d", [tensor("F32", 1)], [tensor("F32", 1)])
    [finding] = findings("op-without-kernel", seen(pooled), replace(MAC, torch="2.0"))
    assert finding.evidence["expected"] == "unknown"


def test_kernels_of_mps_are_not_asked_of_a_card():
    pooled = op("_adaptive_avg_pool3d", [tensor("F32", 1)], [tensor("F32", 1)])
    assert findings("op-without-kernel", seen(pooled), Asked(kind="cuda", torch="2.13")) == []


def test_numpy_of_a_tensor_on_the_device_fails_and_of_none_does_not():
    [finding] = findings("numpy-on-device", seen(op("numpy", [tensor("F32", 4)])), MAC)
    assert finding.evidence["expected"] == "fails"
    assert findings("numpy-on-device", seen(op("add.Tensor")), MAC) == []


@pytest.mark.parametrize(("capability", "fires"), [(8.6, True), (8.9, False), (9.0, False)])
def test_scaled_products_need_a_card_of_8_9(capability, fires):
    product = op("_scaled_mm", [tensor("F8_E4M3", 16, 16)] * 2, [tensor("BF16", 16, 16)])
    asked = Asked(kind="cuda", torch="2.13", capability=capability)
    assert bool(findings("scaled-multiplication", seen(product), asked)) is fires


@pytest.mark.parametrize(("capability", "fires"), [(7.5, True), (8.0, False)])
def test_bfloat16_is_slow_on_cards_before_ampere(capability, fires):
    product = op("linear", [tensor("BF16", 4, 4)] * 2, [tensor("BF16", 4, 4)])
    asked = Asked(kind="cuda", torch="2.13", capability=capability)
    found = findings("known-bug", seen(product), asked)
    assert ("cuda-bfloat16-emulated" in {finding.rule for finding in found}) is fires


@pytest.mark.parametrize(
    ("gib", "rules_found"),
    [(8, ["memory-exceeded", "memory-exceeded"]), (11, ["memory-tight", "memory-exceeded"]),
     (14, ["memory-tight"]), (40, [])],
)  # fmt: skip
def test_memory_that_does_not_suffice_is_a_failure_and_near_it_unknown(gib, rules_found):
    trace = seen(
        size="real", weights={"transformer": 6 * GIB, "vae": 3 * GIB},
        peaks={"denoise": GIB, "decode": 3 * GIB},
    )  # fmt: skip
    found = findings("memory-exceeded", trace, replace(MAC, memory_bytes=gib * GIB))
    assert [finding.rule for finding in found] == rules_found


def test_memory_is_not_judged_where_nobody_said_how_much_there_is_nor_of_the_tiny_pass():
    trace = seen(size="real", weights={"transformer": 60 * GIB}, peaks={"denoise": GIB})
    assert findings("memory-exceeded", trace, MAC) == []
    tiny = replace(trace, size="tiny")
    assert findings("memory-exceeded", tiny, replace(MAC, memory_bytes=GIB)) == []


def test_a_score_matrix_that_must_be_whole_counts_as_memory():
    trace = seen(attention(32760), size="real", weights={"transformer": 3 * GIB}, peaks={})
    old = findings("memory-exceeded", trace, replace(MAC, torch="2.12", memory_bytes=20 * GIB))
    new = findings("memory-exceeded", trace, replace(MAC, torch="2.13", memory_bytes=20 * GIB))
    assert [finding.rule for finding in old] == ["memory-exceeded"]
    assert new == []


def test_every_rule_is_documented():
    assert all(rule.doc for rule in rules().values())
