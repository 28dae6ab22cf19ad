"""Probes that matter are asked once per environment and their answers decide."""

from dataclasses import replace

import pytest

from compat.core.collect import collect
from compat.core.model import Crash, Finding, Outcome, Place, Probe, ProbeResult, Severity, Target
from runners.demo.fp8 import plain_cast
from runners.demo.weights import edit_weights
from runners.preflight import device_check
from runners.preflight.context import UndecidedError
from runners.preflight.device_check import ALWAYS, FOR_FP8, check_device, device_of, wanted_probes

FAULT = Finding(
    rule="fp8-storage-wrong",
    severity=Severity.LOW,
    message="wrong values",
    place=Place(kind="device", path="cpu"),
)


@pytest.fixture
def asks(monkeypatch):
    """Answer every probe with PASS, but for those named; returns the list of what was asked."""
    seen = []

    def use(**outcomes):
        def ask_all(asked, environment):
            for question in asked:
                name = question.probe.id
                seen.append(name)
                outcome = outcomes.get(name.replace("-", "_"), Outcome.PASS)
                yield ProbeResult(
                    probe=name,
                    target=question.target,
                    outcome=outcome,
                    reason="because",
                    findings=(FAULT,) if outcome is Outcome.FAIL else (),
                    environment=environment.fingerprint,
                )

        monkeypatch.setattr(device_check, "ask_all", ask_all)
        return seen

    return use


def test_every_probe_that_is_always_asked_exists():
    assert set(ALWAYS) | set(FOR_FP8) <= set(collect("probes", Probe))


def test_a_name_without_a_probe_raises(context, monkeypatch):
    monkeypatch.setattr(device_check, "ALWAYS", ("no-such-probe",))
    with pytest.raises(KeyError):
        wanted_probes(context)


def test_a_device_that_computes_right_is_silent(context, asks, rules):
    seen = asks()
    answer = check_device(context)
    assert rules(answer) == []
    assert seen == sorted(ALWAYS)
    assert set(answer.measures.values()) == {"pass"}


def test_what_is_on_record_for_this_environment_is_not_asked_again(context, asks):
    seen = asks()
    check_device(context)
    check_device(context)
    assert len(seen) == len(ALWAYS)


def test_what_is_on_record_for_another_environment_is_asked(context, asks):
    seen = asks()
    check_device(context)
    other = replace(context.job.environment, fingerprint="there")
    check_device(replace(context, job=replace(context.job, environment=other)))
    assert len(seen) == 2 * len(ALWAYS)


def test_a_failure_on_record_still_counts(context, asks, rules):
    asks(torch_pad_temporal=Outcome.FAIL)
    check_device(context)
    asks()
    assert rules(check_device(context)) == [FAULT.rule]


def test_a_failure_is_high_and_brings_the_known_remedy(context, asks, monkeypatch):
    class Known:
        remedy = "update torch"

    monkeypatch.setattr(device_check, "explaining", lambda _result, _failures: [Known])
    asks(torch_pad_temporal=Outcome.FAIL)
    (found,) = check_device(context).findings
    assert (found.severity, found.remedy) == (Severity.HIGH, "update torch")


def test_a_failure_without_a_finding_is_a_finding_all_the_same():
    silent = ProbeResult(probe="p", target=Target(), outcome=Outcome.FAIL, reason="it said no")
    (found,) = device_check.findings_of(silent)
    assert (found.severity, found.message) == (Severity.HIGH, "p failed: it said no")


@pytest.mark.parametrize(("kind", "found"), [("signal", 1), ("timeout", 0), ("oom", 0)])
def test_a_probe_that_kills_its_worker_is_a_finding_and_a_slow_one_is_not(kind, found):
    died = ProbeResult(
        probe="p",
        target=Target(),
        outcome=Outcome.ERROR,
        reason="killed by SIGSEGV",
        crash=Crash(kind=kind, detail="killed by SIGSEGV"),
    )
    assert len(list(device_check.findings_of(died))) == found


@pytest.mark.parametrize("outcome", [Outcome.SKIP, Outcome.ERROR])
def test_no_answer_is_undecided_and_asked_again(context, asks, outcome):
    seen = asks(torch_pad_temporal=outcome)
    for _ in range(2):
        with pytest.raises(UndecidedError, match="torch-pad-temporal gave no answer: because"):
            check_device(context)
    assert seen.count("torch-pad-temporal") == 2


def test_a_failure_outweighs_a_missing_answer(context, asks, rules):
    asks(torch_pad_temporal=Outcome.FAIL, bf16_save_path=Outcome.SKIP)
    assert rules(check_device(context)) == [FAULT.rule]


def test_fp8_files_ask_for_fp8(context, weights_file):
    path = weights_file()
    assert "fp8-storage" not in wanted_probes(context)
    edit_weights(path, plain_cast)
    assert "fp8-storage" in wanted_probes(context)


def test_a_device_that_is_not_there_is_undecided(make_context):
    with pytest.raises(UndecidedError, match="mps is not among"):
        device_of(make_context(device="mps"))
