"""Every rule fires at what it is about and stays silent beside it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compat.backends.kernel_facts import Kernel, KernelTable, kernel_table
from compat.backends.known_bugs import bug_book
from compat.core.model import Severity
from compat.predict.memory import memory_of
from compat.predict.model import Asked, Expected
from compat.predict.predict import predict, rules
from compat.predict.rules import op_without_kernel
from compat.predict.rules.op_without_kernel import falls_back
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


def test_before_the_table_begins_nothing_is_said_of_single_operations():
    pooled = op("_adaptive_avg_pool3d", [tensor("F32", 1)], [tensor("F32", 1)])
    old = replace(MAC, torch="2.0")
    assert findings("op-without-kernel", seen(pooled), old) == []
    assert any("facts reach from" in said for said in predict([seen(pooled)], old).unknown)


def test_between_two_versions_that_differ_it_says_that_it_does_not_know(monkeypatch):
    table = KernelTable(torch=("2.6.0", "2.8.0"), ops={"resampled": "01"}, texts={}, stores={})
    monkeypatch.setattr(op_without_kernel, "kernel_table", lambda: table)
    resampled = op("resampled", [tensor("F32", 1)], [tensor("F32", 1)])
    [finding] = findings("op-without-kernel", seen(resampled), replace(MAC, torch="2.7"))
    assert finding.evidence["expected"] == "unknown"
    assert findings("op-without-kernel", seen(resampled), replace(MAC, torch="2.8")) == []


@pytest.mark.parametrize("fallback", bug_book().fallbacks, ids=lambda one: one.ops[0])
@pytest.mark.parametrize("version", [*kernel_table().torch, "2.16", "2.7.0+cpu"])
def test_nothing_that_falls_back_by_itself_is_ever_called_a_failure(fallback, version):
    for name in fallback.ops:
        trace = seen(op(name, [tensor("F32", 1, 2, 4)], [tensor("F32", 1, 2, 4)]))
        found = predict([trace], replace(MAC, torch=version)).findings
        assert Expected.FAILS not in {finding.evidence["expected"] for finding in found}
        runs = kernel_table().runs(name, version)
        assert [one.rule for one in found] == ["cpu-fallback"] * (runs is Kernel.NO), name


@given(data=st.data())
def test_an_operation_without_kernel_is_a_failure_or_falls_back_and_never_both(data):
    name = data.draw(st.sampled_from(sorted(kernel_table().ops)))
    version = data.draw(st.sampled_from(kernel_table().torch))
    asked = replace(MAC, torch=version)
    found = findings("op-without-kernel", seen(op(name, [tensor("F32", 1)])), asked)
    missing = kernel_table().runs(name, version) is Kernel.NO
    ends = {"slow"} if falls_back(name, asked) else {"fails"}
    assert {finding.evidence["expected"] for finding in found} == (ends if missing else set())


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


def test_with_an_offload_in_the_plan_its_own_need_is_judged():
    trace = seen(
        size="real", weights={"transformer": 6 * GIB, "text_encoder": 9 * GIB},
        peaks={"encode": GIB // 4, "denoise": GIB, "decode": 0},
    )  # fmt: skip
    has = replace(MAC, memory_bytes=12 * GIB)
    everything = findings("memory-exceeded", trace, has)
    assert {finding.place.detail for finding in everything} == {"encode", "denoise", "decode"}
    assert 'offload = "model"' in everything[0].remedy
    one = findings("memory-exceeded", trace, replace(has, offload="model"))
    assert [finding.rule for finding in one] == ["memory-tight"]
    small = findings("memory-exceeded", trace, replace(has, offload="model", memory_bytes=8 * GIB))
    assert (small[0].rule, small[0].place.detail) == ("memory-exceeded", "encode")
    assert "sequential" in small[0].remedy
    last = replace(has, offload="sequential", memory_bytes=8 * GIB)
    assert findings("memory-exceeded", trace, last) == []


def test_a_prompt_that_is_handed_over_has_no_phase_of_its_own():
    trace = seen(size="real", weights={"transformer": GIB}, peaks={"denoise": 1})
    assert set(memory_of(trace, MAC).peaks) == {"denoise", "decode"}


@pytest.mark.parametrize(
    ("asked", "fires"),
    [
        (Asked(kind="cuda", torch="2.13.0", capability=7.0), True),
        (Asked(kind="cuda", torch="2.13.0", build="cu126", capability=7.0), False),
        (Asked(kind="cuda", torch="2.13.0", capability=6.1), True),
        (Asked(kind="cuda", torch="2.10", capability=6.1), True),
        (Asked(kind="cuda", torch="2.10", capability=7.0), False),
        (Asked(kind="cuda", torch="2.6", capability=12.0), True),
        (Asked(kind="cuda", torch="2.7", capability=12.0), True),
        (Asked(kind="cuda", torch="2.7", build="cu128", capability=12.0), False),
        (Asked(kind="cuda", torch="2.8", capability=12.0), False),
        (Asked(kind="cuda", torch="2.15", build="cu126", capability=8.9), False),
        *[(Asked(kind="cuda", torch="2.13", capability=one), False)
          for one in (7.5, 8.0, 8.6, 8.9, 9.0, 10.0, 10.3, 12.0, 12.1)],
        (Asked(kind="cuda", torch="2.13"), False),
        (Asked(kind="cuda", torch="1.13", capability=3.5), False),
        (Asked(kind="rocm", torch="2.13", arch="gfx1100"), False),
        (Asked(kind="rocm", torch="2.13", arch="gfx942"), False),
        (Asked(kind="rocm", torch="2.13", arch="gfx1031"), True),
        (Asked(kind="rocm", torch="2.6", arch="gfx1201"), True),
        (Asked(kind="rocm", torch="2.13"), False),
        (MAC, False),
    ],
)  # fmt: skip
def test_a_card_that_the_wheels_have_no_kernels_for_fails(asked, fires):
    found = findings("no-kernel-image", seen(op("add.Tensor", [tensor("F32", 4)])), asked)
    assert bool(found) is fires
    for finding in found:
        assert finding.evidence["error"]


def test_another_wheel_of_that_version_is_named_where_there_is_one():
    volta = Asked(kind="cuda", torch="2.13.0", capability=7.0)
    [finding] = findings("no-kernel-image", seen(op("add", [tensor("F32", 4)])), volta)
    assert "--torch 2.13.0+cu126" in finding.remedy
    lost = findings("no-kernel-image", seen(op("add")), replace(volta, torch="2.15"))
    assert "take one that has them: torch >=2.6,<2.7" in lost[0].remedy
    unheard = Asked(kind="rocm", torch="2.13", arch="gfx1031")
    assert (
        "HSA_OVERRIDE_GFX_VERSION" in findings("no-kernel-image", seen(op("x")), unheard)[0].remedy
    )


@pytest.mark.parametrize(
    ("arch", "dtype", "fires"),
    [
        ("gfx942", "F8_E4M3", True), ("gfx942", "F8_E4M3FNUZ", False),
        ("gfx1201", "F8_E4M3", False), ("gfx1201", "F8_E4M3FNUZ", True),
        ("gfx1100", "F8_E4M3", True), ("", "F8_E4M3", False),
    ],
)  # fmt: skip
def test_amd_cards_multiply_their_own_kind_of_fp8_or_none(arch, dtype, fires):
    product = op("_scaled_mm", [tensor(dtype, 16, 16)] * 2, [tensor("BF16", 16, 16)])
    asked = Asked(kind="rocm", torch="2.13", arch=arch)
    assert bool(findings("scaled-multiplication", seen(product), asked)) is fires


@pytest.mark.parametrize(
    ("reader", "dtype", "expected"),
    [
        ("mlx-safetensors", "F8_E4M3", "silently-wrong"), ("mlx-safetensors", "F8_E5M2", "fails"),
        ("mlx-safetensors", "BF16", None), ("mlx-gguf", "Q5_K", "fails"),
        ("mlx-gguf", "MXFP4", "silently-wrong"), ("mlx-gguf", "Q4_0", None),
        ("diffusers-gguf", "IQ2_XXS", "fails"), ("diffusers-gguf", "Q4_K", None),
        ("safetensors-torch", "F8_E4M3", None), ("safetensors-torch", "F6_E2M3", "fails"),
        ("", "IQ2_XXS", None), ("mlx-gguf", "NEW_TYPE", None),
    ],
)  # fmt: skip
def test_files_are_read_refused_or_misread_by_the_loader_of_that_device(reader, dtype, expected):
    trace = seen(stored=(dtype,), reader=reader)
    found = findings("weights-not-read", trace, Asked(kind="mlx"))
    assert [finding.evidence["expected"] for finding in found] == [expected] * bool(expected)


def test_dtypes_of_a_port_to_mlx_are_its_own_choice():
    made = op("linspace", outputs=[tensor("F64", 4)])
    assert findings("dtype-not-stored", seen(made), Asked(kind="mlx")) == []


@pytest.mark.parametrize(
    ("size", "refused", "fires"), [("real", True, True), ("tiny", True, False), ("real", False, 0)]
)
def test_a_plan_that_the_pipeline_refuses_fails_on_any_device(size, refused, fires):
    trace = seen(size=size, refused=refused, stopped="ValueError: by 16", stopped_at="wan.py:293")
    found = findings("refused-by-pipeline", trace, MAC)
    assert bool(found) is bool(fires)
    for finding in found:
        assert (finding.place.path, finding.severity) == ("wan.py", Severity.HIGH)


def test_what_nobody_knows_of_a_card_is_said_as_unknown():
    trace = [seen(op("add.Tensor", [tensor("BF16", 4)]))]
    for kind, words in (("rocm", "no table of kernels is on record"), ("mlx", "does not run there"),
                        ("cuda", "was not named")):  # fmt: skip
        prediction = predict(trace, Asked(kind=kind, torch="2.13"))
        assert prediction.expected is Expected.UNKNOWN
        assert any(words in said for said in prediction.unknown), kind


def test_every_rule_is_documented():
    assert all(rule.doc for rule in rules().values())
