"""Failed attempts are collected, grouped, and put beside what is known."""

from compat.knowledge.load import known_failures
from compat.knowledge.model import Evidence as HowKnown
from compat.knowledge.model import KnownFailure, Retry
from reports.attempts import Kind, failed_attempts, stale_results
from reports.evidence import read_evidence


def collect(store, failures=None):
    return failed_attempts(read_evidence(store), known_failures() if failures is None else failures)


def test_each_kind_of_failure_is_collected_once(full_store, story):
    run, gate, probe = collect(full_store)
    assert [run.kind, gate.kind, probe.kind] == [Kind.RUN, Kind.GATE, Kind.PROBE]
    assert run.sentence == "window 0 is garbage"
    assert run.details == ("noise",)
    assert [failure.id for failure in gate.known] == ["numpy-bfloat16"]
    assert [failure.id for failure in probe.known] == ["mps-float64"]


def test_the_same_failure_on_several_targets_is_one_attempt(full_store):
    probe = collect(full_store)[2]
    assert probe.subject == "torch-float64"
    assert probe.targets == ("mps · float16", "mps · float32")
    assert probe.times == 3
    assert (probe.first_at, probe.last_at) == (
        "2026-11-20T08:00:00+00:00",
        "2026-11-20T09:00:00+00:00",
    )


def test_a_probe_that_passes_by_now_says_since_when(store, story):
    store.record_result(story.a_result(story.Outcome.FAIL, hour=8, reason="it broke"))
    store.record_result(story.a_result(hour=11))
    (attempt,) = collect(store)
    assert attempt.since == "2026-11-20T11:00:00+00:00"
    assert attempt.known == ()
    assert attempt.verdict == "new"


def test_a_probe_that_still_fails_elsewhere_is_not_said_to_pass(store, story):
    for dtype in ("float32", "float16"):
        result = story.a_result(story.Outcome.FAIL, hour=8, dtype=dtype, reason="it broke")
        store.record_result(result)
    store.record_result(story.a_result(hour=11))
    mended, broken = sorted(collect(store), key=lambda attempt: not attempt.since)
    assert mended.targets == ("mps · float32",)
    assert (broken.targets, broken.since) == (("mps · float16",), "")


def test_passes_and_skips_are_no_attempts(store, story):
    store.record_result(story.a_result())
    store.record_result(story.a_result(story.Outcome.SKIP, reason="no device"))
    store.record_decision(story.a_decision())
    assert collect(store) == ()


def test_the_log_of_a_broken_check_is_searched_for_known_failures(store, story):
    finding = story.Finding(
        rule="load-error",
        severity=story.Severity.HIGH,
        message="the load broke",
        place=story.Place(kind="device", path="cuda:0"),
        remedy="mend it",
        evidence={"traceback": "torch.OutOfMemoryError: Allocation on device"},
    )
    check = story.a_check("load", story.Outcome.ERROR, "the load broke", findings=(finding,))
    store.record_preflight(story.a_preflight(check))
    store.record_decision(story.a_decision("load: the load broke"))
    (attempt,) = collect(store)
    assert [failure.id for failure in attempt.known] == ["cuda-out-of-memory"]
    assert attempt.remedy == "mend it"


def test_a_finding_is_recognised_by_its_rule(store, story):
    check = story.a_check("files", story.Outcome.FAIL, "cut", findings=(story.a_finding(),))
    store.record_preflight(story.a_preflight(check))
    store.record_decision(story.a_decision("files: cut"))
    failure = KnownFailure(
        id="cut",
        title="t",
        cause="c",
        remedy="r",
        retry=Retry.NEVER,
        sources=("s",),
        evidence=HowKnown.MEASURED,
        rules=("files-cut",),
    )
    (attempt,) = collect(store, (failure,))
    assert attempt.known == (failure,)
    assert attempt.details == ("the file is cut",)


def test_a_pass_against_an_entry_is_stale(store, story):
    store.record_result(story.a_result(probe="p"))
    failure = KnownFailure(
        id="old",
        title="t",
        cause="c",
        remedy="r",
        retry=Retry.NEVER,
        sources=("s",),
        evidence=HowKnown.MEASURED,
        probes=("p",),
    )
    evidence = read_evidence(store)
    assert [(r.probe, f.id) for r, f in stale_results(evidence, (failure,))] == [("p", "old")]
    assert stale_results(evidence, ()) == ()
