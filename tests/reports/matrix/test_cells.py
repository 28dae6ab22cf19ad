"""A cell's state is what the newest answer says, and no answer is never a pass."""

import pytest

from compat.core.model import Outcome, Severity
from reports.matrix.model import State
from reports.matrix.words import say_earlier


@pytest.mark.parametrize(
    ("make", "state"),
    [
        ("a_result", State.WORKS),
        ("refused", State.FAILS),
        ("wrong", State.SILENT),
        ("known", State.KNOWN),
        ("crashed", State.UNKNOWN),
        ("skipped", State.UNKNOWN),
    ],
)
def test_each_kind_of_answer_has_its_state_and_no_other_cell_gets_it(lab, make, state):
    built = lab.matrix(getattr(lab, make)())
    assert lab.cell_of(built).state is state
    others = [e for e in built.machines[0].renders if e.result is None]
    assert {e.state for e in others} == {State.UNKNOWN}
    assert len(others) == len(built.machines[0].renders) - 1


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        ("render-garbage", State.SILENT),
        ("operation-wrong", State.SILENT),
        ("mlx-fp8-raw-codes", State.SILENT),
        ("dtype-not-read", State.FAILS),
    ],
)
def test_a_rule_says_whether_anything_was_raised(lab, rule, state):
    built = lab.matrix(lab.a_result(Outcome.FAIL, lab.FOLDER, lab.a_finding(rule)))
    assert lab.cell_of(built).state is state


def test_a_remark_beside_a_refusal_does_not_make_it_silent(lab):
    remark = lab.a_finding("attention-wrong", severity=Severity.INFO)
    built = lab.matrix(lab.a_result(Outcome.FAIL, lab.FOLDER, lab.a_finding(), remark))
    assert lab.cell_of(built).state is State.FAILS


def test_a_failure_without_a_finding_fails_with_its_reason(lab):
    built = lab.matrix(lab.a_result(Outcome.FAIL, reason="it said no"))
    assert (lab.cell_of(built).state, lab.cell_of(built).sentence) == (State.FAILS, "it said no")


def test_a_known_failure_beside_a_new_one_hides_nothing(lab):
    text = "TypeError: Got unsupported ScalarType BFloat16"
    both = (lab.a_finding(message=text), lab.a_finding(message="upside down"))
    assert lab.cell_of(lab.matrix(lab.a_result(Outcome.FAIL, lab.FOLDER, *both))).state is (
        State.FAILS
    )


def test_a_known_failure_names_its_entry(lab):
    entry = lab.cell_of(lab.matrix(lab.known()))
    assert [failure.id for failure in entry.known] == ["numpy-bfloat16"]


def test_the_newest_answer_counts_in_whatever_order_they_come(lab):
    old, new = lab.refused(hour=7), lab.a_result(hour=9)
    for results in ((old, new), (new, old)):
        entry = lab.cell_of(lab.matrix(*results))
        assert (entry.state, entry.result) == (State.WORKS, new)
        (earlier,) = say_earlier(entry)
        assert earlier == "was: fails under the same software, 2026-11-26 07:00"


def test_a_skipped_attempt_takes_no_answer_away_and_a_crash_does(lab):
    passed = lab.a_result(hour=7)
    later = lab.cell_of(lab.matrix(passed, lab.skipped(hour=8)))
    assert later.state is State.WORKS
    assert later.notes == ("a later attempt was skipped: it needs 1024 MiB of memory",)
    broke = lab.cell_of(lab.matrix(passed, lab.crashed(hour=8)))
    assert (broke.state, broke.broke) == (State.UNKNOWN, True)
    assert say_earlier(broke) == ["was: works under the same software, 2026-11-26 07:00"]


def test_a_skipped_cell_says_why_and_is_not_broken(lab):
    entry = lab.cell_of(lab.matrix(lab.skipped()))
    assert (entry.sentence, entry.broke) == ("it needs 1024 MiB of memory", False)


def test_an_answer_under_other_software_is_told_and_does_not_count(lab):
    now = lab.a_result(cell=lab.HALF, hour=9)
    before = lab.a_result(hour=7, environment=lab.BEFORE.fingerprint)
    entry = lab.cell_of(lab.matrix(before, now))
    assert (entry.state, entry.sentence) == (State.UNKNOWN, "never run here")
    assert say_earlier(entry) == ["was: works under diffusers 0.36.0, 2026-11-26 07:00"]


def test_one_device_says_nothing_about_another(lab):
    built = lab.matrix(lab.a_result(environment=lab.MAC.fingerprint))
    assert lab.cell_of(built, device="cpu").state is State.WORKS
    assert lab.cell_of(built, device="mps").state is State.UNKNOWN


def test_a_rocm_card_answers_for_cuda(lab):
    from dataclasses import replace

    from compat.core.model import Device

    rocm = replace(lab.HERE, devices=(Device(kind="rocm", name="card"),), fingerprint="dd" * 32)
    result = lab.a_result(device="rocm", environment=rocm.fingerprint)
    built = lab.build_matrix([lab.pool(result, environments=[rocm])], lab.PROBES, ())
    assert lab.cell_of(built, device="rocm").state is State.WORKS


def test_a_reason_that_differs_in_numbers_alone_is_told_once(lab):
    from reports.matrix.words import same_reason, say_where

    def off(cell, number):
        text = f"ltx by {cell.loader} in {cell.dtype} renders, but {number} of 9 values are NaN"
        return lab.a_result(Outcome.FAIL, cell, lab.a_finding("render-garbage", text))

    built = lab.matrix(off(lab.FOLDER, 1.5e-06), off(lab.HALF, 7), lab.refused(family="mochi"))
    failing = [e for e in built.machines[0].renders if e.state in (State.SILENT, State.FAILS)]
    (garbage, cells), (refusal, _) = same_reason(failing)
    first = "silently wrong: renders, but 1.5e-06 of 9 values are NaN"
    assert garbage == f"{first} (other numbers in the other cells)"
    assert say_where(cells) == ["diffusers-folder f32, f16: ltx"]
    assert refusal == "fails: no"


def test_a_scratch_folder_does_not_make_two_reasons_of_one(lab):
    from reports.matrix.words import same_reason

    def off(cell, folder):
        finding = lab.a_finding(message=f"no model in {folder}/model.safetensors")
        return lab.a_result(Outcome.FAIL, cell, finding)

    folders = ("/var/tmp/tmpvjrmkvyo", "C:\\Temp\\tmp9yp_bhx_")  # noqa: S108 - a text
    built = lab.matrix(off(lab.FOLDER, folders[0]), off(lab.HALF, folders[1]))
    failing = [e for e in built.machines[0].renders if e.state is State.FAILS]
    ((said, cells),) = same_reason(failing)
    assert (said, len(cells)) == ("fails: no model in model.safetensors", 2)
