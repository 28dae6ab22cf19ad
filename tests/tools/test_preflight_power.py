"""The measurement of the preflight: cases, records, faults, and a few preflights of each family."""

import copy
import itertools
import json
from contextlib import ExitStack

import numpy as np
import pytest

from tools.preflight_power.draw import FIRST_SEED, benign_cases, fault_cases, shares
from tools.preflight_power.faults.fault import ALL, Target
from tools.preflight_power.faults.table import FAULTS, STAGES
from tools.preflight_power.journal import Journal, records
from tools.preflight_power.page import write_page
from tools.preflight_power.tally import HARMLESS, read, share_of
from tools.preflight_power.trial import only_checks, relative_change

CAUGHT = {"nan-weight": "non-finite", "uint8-wrap": "save-path-changes-frames"}
"""Two faults that no preflight may miss, whatever the family, and a word of what sees them."""


def test_every_fault_has_a_name_of_its_own_and_a_known_stage():
    assert len({fault.id for fault in FAULTS}) == len(FAULTS) >= 60
    assert {fault.stage for fault in FAULTS} == set(STAGES)
    assert all(set(fault.families) <= set(ALL) and fault.families for fault in FAULTS)


def test_no_two_splits_share_a_model_or_a_plan():
    def seeds(split):
        cases = [
            case
            for family in ALL
            for case in (
                *benign_cases(split, "drawn", family, 40),
                *fault_cases(split, "drawn", family, 2),
            )
        ]
        return {case.build for case in cases} | {case.plan for case in cases}

    for one, other in itertools.combinations(FIRST_SEED, 2):
        assert not seeds(one) & seeds(other)


def test_single_checks_run_with_what_they_need_and_all_are_back_afterwards():
    from runners.preflight import ladder

    whole = ladder.STEPS
    with only_checks(("decode-path",)):
        assert [step.id for step in ladder.steps_for(real_size=False, references=False)] == [
            "identity", "load", "decode-path",
        ]  # fmt: skip
    with only_checks(()):
        assert ladder.STEPS is whole
    assert ladder.STEPS is whole


def test_a_round_has_every_fault_of_the_family_once():
    cases = list(fault_cases("development", "drawn", "wan", 1))
    names = [case.fault for case in cases]
    assert sorted(names) == sorted(fault.id for fault in FAULTS if "wan" in fault.families)


def test_the_shares_of_the_processes_are_whole_builds_and_make_up_all():
    cases = list(benign_cases("development", "drawn", "ltx", 9))
    parts = [shares(cases, number, 2) for number in range(2)]
    assert sorted(case.key for part in parts for case in part) == sorted(c.key for c in cases)
    assert not {c.model for c in parts[0]} & {c.model for c in parts[1]}


def test_a_record_that_a_kill_cut_off_is_left_out_and_the_next_one_is_whole(tmp_path):
    path = tmp_path / "records-0.jsonl"
    path.write_text(json.dumps({"key": "a"}) + '\n{"key": "b", "che', "utf-8")
    journal = Journal(path)
    journal.add({"key": "c"})
    journal.close()
    assert [record["key"] for record in records(tmp_path)] == ["a", "c"]


@pytest.mark.parametrize(("moved", "expected"), [(0, 0.0), (5, 0.5), (20, 2.0)])
def test_the_change_is_measured_against_that_of_another_seed(moved, expected):
    healthy = np.full((2, 4, 4, 3), 100, np.uint8)
    assert relative_change(healthy, healthy + moved, healthy + 10) == pytest.approx(expected)


def test_frames_of_another_shape_are_a_large_change():
    healthy = np.zeros((2, 4, 4, 3), np.uint8)
    assert relative_change(healthy, healthy[:1], healthy + 1) > 1


def record(*checks, fault="bgr", change=0.5):
    return {
        "source": "embedded", "family": "embedded", "model": "m", "dtype": "float32",
        "fault": fault, "change": change, "split": "test", "key": f"{fault}{change}",
        "checks": [{"id": n, "outcome": o, "reason": "why", "rules": r} for n, o, r in checks],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "kind", "questions", "pixels"),
    [
        (record(("smoke", "pass", [])), "silent", 0, 0),
        (record(("smoke", "pass", []), change=HARMLESS / 2), "harmless", 0, 0),
        (record(("smoke", "pass", []), fault=""), "benign", 0, 0),
        (record(("smoke", "fail", [["seed-ignored", "high"]])), "silent", 1, 0),
        (record(("picture", "fail", [["noise", "high"], ["frozen", "medium"]])), "silent", 0, 1),
        (record(("picture", "pass", [["frozen", "medium"]])), "silent", 0, 0),
        (record(("smoke", "error", [["smoke-error", "high"]])), "loud", 0, 0),
    ],
)
def test_a_record_is_read_as_what_stopped_it(given, kind, questions, pixels):
    trial = read(given, {})
    assert (trial.kind, len(trial.questions), len(trial.pixels)) == (kind, questions, pixels)


def test_a_share_comes_with_its_exact_interval():
    # 0 of 370 is below 1 %: Clopper-Pearson, 1 - 0.025 ** (1 / 370).
    assert share_of(0, 370) == "0 of 370 = 0.0% (0.0% to 1.0%)"


def test_the_page_tells_missed_harmless_and_loud_apart(tmp_path):
    given = [
        record(("smoke", "fail", [["seed-ignored", "high"]]), fault="seed-ignored"),
        record(("smoke", "pass", []), fault="bgr"),
        record(("smoke", "pass", []), fault="inverted", change=0.0),
        record(("smoke", "error", [["smoke-error", "high"]]), fault="nan-weight"),
        record(("smoke", "pass", []), fault=""),
    ]
    write_page(given, "test", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "| **all that draw pictures** | 1 of 2 = 50.0% (1.3% to 98.7%) |" in page
    assert "| output | bgr: red and blue exchanged | **missed** |" in page
    assert "| output | inverted: a negative | harmless |" in page
    assert "1 silent" not in page
    assert "2 silent and harmful" in page
    assert "0 of 1 = 0.0% (0.0% to 97.5%)" in page


@pytest.fixture(scope="module")
def pipelines():
    torch = pytest.importorskip("torch")
    pytest.importorskip("diffusers")
    from tools.preflight_power.builds.families import FAMILIES
    from tools.preflight_power.builds.shape import draw_shape

    def build(family):
        torch.manual_seed(0)
        return FAMILIES[family](draw_shape(family, 0), {})

    return {family: build(family) for family in ALL}


@pytest.mark.torch
@pytest.mark.parametrize("number", range(len(FAULTS)), ids=lambda n: FAULTS[n].id)
def test_a_fault_can_be_injected_and_leaves_nothing_behind(pipelines, number):
    from runners.engines import runtime_faults

    fault, before = FAULTS[number], runtime_faults.save_function
    family = fault.families[number % len(fault.families)]
    with ExitStack() as undo:
        pipeline = copy.deepcopy(pipelines[family])
        fault.inject(Target(pipeline, family, np.random.default_rng(0), undo))
    assert runtime_faults.save_function is before


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize("family", [*ALL, "embedded"])
def test_a_healthy_model_passes_and_two_faults_do_not(family, tmp_path):
    pytest.importorskip("diffusers")
    from dataclasses import replace

    from tools.preflight_power.worker import work

    source = "embedded" if family == "embedded" else "drawn"
    healthy = next(benign_cases("test", source, family, 1))
    cases = [healthy, *(replace(healthy, fault=fault) for fault in CAUGHT)]
    assert work(cases, tmp_path, "0", trained=None) == 3
    found = {item["fault"]: read(item, {}) for item in records(tmp_path)}
    assert not found[""].stopped
    for fault, word in CAUGHT.items():
        assert any(word in rule for rule in found[fault].questions), found[fault]
    assert work(cases, tmp_path, "0", trained=None) == 0
