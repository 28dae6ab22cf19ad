"""Collects the failed attempts: probes that failed, gates that stayed shut, runs that stopped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from compat.core.job import Check, GateDecision, GateState
from compat.core.model import Environment, Outcome, ProbeResult, Severity, Verdict
from compat.knowledge.match import by_rule, explaining, matching, verdict
from compat.knowledge.model import KnownFailure
from reports.evidence import Evidence, RunStory
from reports.wording import say_environment, say_model, say_plan, say_target


class Kind(StrEnum):
    """Where an attempt failed, in the order of the report."""

    RUN = "run"
    GATE = "gate"
    PROBE = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One way in which something failed here, with how often and what is known about it.

    ``sentence`` is what was said, word for word; ``details`` are further sentences; ``targets``
    are the plans, or what a probe was aimed at. ``since`` is the time stamp since which the same
    probe passes on the same targets, empty where it does not.
    """

    kind: Kind
    subject: str
    sentence: str
    environment: str
    first_at: str
    last_at: str
    times: int = 1
    targets: tuple[str, ...] = ()
    verdict: str = ""
    details: tuple[str, ...] = ()
    remedy: str = ""
    known: tuple[KnownFailure, ...] = ()
    since: str = ""


def failed_attempts(evidence: Evidence, failures: tuple[KnownFailure, ...]) -> tuple[Attempt, ...]:
    """Return every failed attempt, grouped; runs first, then gates, then probes, latest first."""
    every = [
        *_runs(evidence, failures),
        *_gates(evidence, failures),
        *_probes(evidence, failures),
    ]
    grouped = _group(every)
    by_name = sorted(grouped, key=lambda a: (a.subject, a.sentence, a.environment))
    by_time = sorted(by_name, key=lambda a: a.last_at, reverse=True)
    return tuple(sorted(by_time, key=lambda a: list(Kind).index(a.kind)))


def stale_results(
    evidence: Evidence, failures: tuple[KnownFailure, ...]
) -> tuple[tuple[ProbeResult, KnownFailure], ...]:
    """Return the latest results that pass although an entry says that they fail here."""
    stale = []
    for result in latest_results(evidence):
        environment = evidence.environments.get(result.environment)
        stale += [
            (result, failure)
            for failure in failures
            if verdict(result, [failure], environment) is Verdict.STALE
        ]
    return tuple(stale)


def latest_results(evidence: Evidence) -> tuple[ProbeResult, ...]:
    """Return the last result of each probe, target and environment, sorted by these."""
    latest = {(r.probe, say_target(r.target), r.environment): r for r in evidence.results}
    return tuple(latest[key] for key in sorted(latest))


def _group(attempts: Iterable[Attempt]) -> list[Attempt]:
    groups: dict[tuple[str, ...], Attempt] = {}
    for attempt in attempts:
        # What passes by now on one device must not hide that it still fails on another.
        passing = "passes" if attempt.since else ""
        words = (attempt.subject, attempt.sentence, attempt.environment)
        key = (attempt.kind, *words, attempt.verdict, passing)
        before = groups.get(key)
        groups[key] = attempt if before is None else _joined(before, attempt)
    return list(groups.values())


def _joined(before: Attempt, attempt: Attempt) -> Attempt:
    return replace(
        attempt,
        times=before.times + attempt.times,
        targets=tuple(sorted({*before.targets, *attempt.targets})),
        since=max(before.since, attempt.since),
        first_at=min(before.first_at, attempt.first_at),
        last_at=max(before.last_at, attempt.last_at),
    )


def _probes(evidence: Evidence, failures: tuple[KnownFailure, ...]) -> Iterator[Attempt]:
    passing = {
        (r.probe, r.target, r.environment): r.started_at
        for r in latest_results(evidence)
        if r.outcome is Outcome.PASS
    }
    for result in evidence.results:
        if result.outcome in (Outcome.FAIL, Outcome.ERROR):
            since = passing.get((result.probe, result.target, result.environment), "")
            environment = evidence.environments.get(result.environment)
            yield replace(_probe(result, environment, failures), since=since)


def _probe(
    result: ProbeResult, environment: Environment | None, failures: tuple[KnownFailure, ...]
) -> Attempt:
    sentences = [result.reason, *(f.message for f in result.findings)]
    if result.crash:
        sentences.append(result.crash.detail)
    sentences = list(dict.fromkeys(sentence for sentence in sentences if sentence))
    return Attempt(
        kind=Kind.PROBE,
        subject=result.probe,
        targets=(say_target(result.target),),
        sentence=sentences[0] if sentences else f"{result.outcome.value} without a reason",
        details=tuple(sentences[1:]),
        environment=say_environment(environment),
        first_at=result.started_at,
        last_at=result.started_at,
        verdict=verdict(result, failures, environment).value,
        remedy=next((f.remedy for f in result.findings if f.remedy), ""),
        known=explaining(result, failures, environment),
    )


def _gates(evidence: Evidence, failures: tuple[KnownFailure, ...]) -> Iterator[Attempt]:
    for decision in evidence.decisions:
        if decision.state is GateState.SHUT:
            for sentence in decision.blocking:
                yield _gate(decision, sentence, evidence, failures)


def _gate(
    decision: GateDecision,
    sentence: str,
    evidence: Evidence,
    failures: tuple[KnownFailure, ...],
) -> Attempt:
    recorded = evidence.preflight_before(decision)
    check = _check_behind(sentence, recorded.preflight.checks if recorded else ())
    plan = recorded.preflight.plan if recorded else {}
    environment = evidence.environment_of_plan(decision.fingerprint)
    findings = check.findings if check else ()
    details = [
        finding.message
        for finding in findings
        if finding.message not in sentence and finding.severity is not Severity.INFO
    ]
    texts = "\n".join([sentence, *details, *_logs(check)])
    found = [*matching(texts, failures, environment), *by_rule(findings, failures)]
    return Attempt(
        kind=Kind.GATE,
        subject=say_model(plan),
        targets=(say_plan(plan),),
        sentence=sentence,
        details=tuple(dict.fromkeys(details)),
        environment=say_environment(environment),
        first_at=decision.decided_at,
        last_at=decision.decided_at,
        remedy=next((f.remedy for f in findings if f.remedy), ""),
        known=_unique(found),
    )


def _check_behind(sentence: str, checks: Iterable[Check]) -> Check | None:
    """The gate writes "id: reason"; the check with that id is where the sentence comes from."""
    return next((check for check in checks if sentence.startswith(f"{check.id}: ")), None)


def _logs(check: Check | None) -> list[str]:
    """Tracebacks and log tails that a broken check kept as evidence."""
    findings = check.findings if check else ()
    keys = ("traceback", "log_tail")
    return [str(f.evidence[key]) for f in findings for key in keys if key in f.evidence]


def _runs(evidence: Evidence, failures: tuple[KnownFailure, ...]) -> Iterator[Attempt]:
    for story in evidence.runs:
        for event in story.events:
            if event.kind == "run-stopped":
                yield _stop(story, event.at, event.data, evidence, failures)


def _stop(
    story: RunStory,
    at: str,
    data: object,
    evidence: Evidence,
    failures: tuple[KnownFailure, ...],
) -> Attempt:
    given = data if isinstance(data, dict) else {}
    said = given.get("sentences")
    details = [str(sentence) for sentence in said] if isinstance(said, list) else []
    reason = str(given.get("reason") or "stopped without a reason")
    environment = evidence.environments.get(story.environment)
    return Attempt(
        kind=Kind.RUN,
        subject=say_model(story.plan),
        targets=(say_plan(story.plan),),
        sentence=reason,
        details=tuple(dict.fromkeys(details)),
        environment=say_environment(environment),
        first_at=at,
        last_at=at,
        known=matching("\n".join([reason, *details]), failures, environment),
    )


def _unique(failures: Iterable[KnownFailure]) -> tuple[KnownFailure, ...]:
    return tuple({failure.id: failure for failure in failures}.values())
