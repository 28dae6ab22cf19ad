"""The gate opens for what was checked and nothing else."""

import pytest

from compat.core.errors import GateShutError
from compat.core.job import Check, GateState, Preflight, Waiver
from compat.core.model import Finding, Outcome, Place, Severity
from compat.store.store import Store
from runners.gate import REQUIRED, decide, require_open

BAD = Finding(
    rule="bad-rule", severity=Severity.HIGH, message="bad", place=Place(kind="file", path="x")
)


def preflight(**outcomes):
    checks = [
        Check(
            id=name,
            title=name,
            outcome=outcomes.get(name.replace("-", "_"), Outcome.PASS),
            findings=(BAD,) if name.replace("-", "_") in outcomes else (),
        )
        for name in (*REQUIRED, "device")
    ]
    return Preflight(fingerprint="f", plan={}, checks=tuple(checks), estimate=None, seconds=0.0)


def test_all_passed_opens():
    assert decide(preflight()).state is GateState.OPEN


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.ERROR, Outcome.SKIP])
@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_check_that_did_not_pass_shuts(name, outcome):
    decision = decide(preflight(**{name.replace("-", "_"): outcome}))
    assert decision.state is GateState.SHUT
    assert decision.blocking[0].startswith(name)


def test_an_optional_check_that_could_not_be_made_is_named_and_does_not_block():
    decision = decide(preflight(device=Outcome.SKIP))
    assert decision.state is GateState.OPEN
    assert decision.undecided == ("device: skip",)


def test_an_optional_check_that_failed_shuts():
    assert decide(preflight(device=Outcome.FAIL)).state is GateState.SHUT


def test_nothing_checked_shuts():
    empty = Preflight(fingerprint="f", plan={}, checks=(), estimate=None, seconds=0.0)
    assert decide(empty).blocking == ("nothing was checked",)


@pytest.mark.parametrize("rule", ["picture", "bad-rule"])
def test_a_waiver_opens_and_is_kept(rule):
    waiver = Waiver(rule=rule, reason="seen by hand")
    decision = decide(preflight(picture=Outcome.FAIL), (waiver,))
    assert (decision.state, decision.waived) == (GateState.OPEN, (waiver,))


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_waiver_without_a_reason_waives_nothing(reason):
    waiver = Waiver(rule="picture", reason=reason)
    assert decide(preflight(picture=Outcome.FAIL), (waiver,)).state is GateState.SHUT


def test_a_waiver_of_another_rule_does_not_open():
    waiver = Waiver(rule="other-rule", reason="because")
    assert decide(preflight(picture=Outcome.FAIL), (waiver,)).state is GateState.SHUT


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "evidence.sqlite3") as opened:
        yield opened


def test_without_a_decision_the_gate_is_shut(store):
    with pytest.raises(GateShutError, match="no preflight was made"):
        require_open(store, "f")


def test_an_open_decision_is_for_its_own_fingerprint_only(store):
    store.record_decision(decide(preflight()))
    assert require_open(store, "f").state is GateState.OPEN
    with pytest.raises(GateShutError):
        require_open(store, "g")


def test_a_later_shut_decision_closes_the_gate(store):
    store.record_decision(decide(preflight()))
    store.record_decision(decide(preflight(files=Outcome.FAIL)))
    with pytest.raises(GateShutError, match="files"):
        require_open(store, "f")


def unreached(name, behind):
    return Check(id=name, title=name, outcome=Outcome.SKIP, reason="not reached", behind=behind)


def test_what_was_not_reached_is_not_named_beside_its_cause():
    failed = Check(id="load", title="load", outcome=Outcome.FAIL, reason="broken")
    checks = (failed, unreached("smoke", "load"), unreached("picture", "smoke"))
    found = Preflight(fingerprint="f", plan={}, checks=checks, estimate=None, seconds=0.0)
    assert decide(found).blocking == ("load: broken",)


def test_what_was_not_reached_behind_something_optional_still_blocks():
    skipped = Check(id="resources", title="r", outcome=Outcome.SKIP, reason="unknown")
    checks = (skipped, unreached("load", "resources"))
    found = Preflight(fingerprint="f", plan={}, checks=checks, estimate=None, seconds=0.0)
    decision = decide(found)
    assert (decision.state, decision.blocking) == (GateState.SHUT, ("load: not reached",))
