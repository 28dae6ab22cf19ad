"""Turns what was said about a cell into its state: the newest answer counts."""

from collections.abc import Mapping, Sequence

from compat.core.model import Device, Environment, Outcome, ProbeResult, Severity, Verdict
from compat.knowledge.match import explaining, verdict
from compat.knowledge.model import KnownFailure
from reports.matrix.model import Earlier, Entry, Question, State
from reports.matrix.unanswered import why_unanswered

SILENT_RULES = frozenset(
    {"render-garbage", "damage-opened-silently", "mlx-fp8-raw-codes", "mlx-gguf-tensor-dropped"}
)
"""Findings that something is wrong and nothing was raised, beside those that say so by name."""

SILENT_ENDING = "-wrong"
"""How the rules end by which probes say that numbers are wrong without an error."""

LOOKED_AT = 5
"""Newest results of a cell, per environment, among which another earlier state is looked for."""

MOST_EARLIER = 4
"""Earlier states that are shown; the store keeps all."""


def entry_of(
    question: Question,
    device: Device,
    environment: Environment,
    results: Mapping[str, Sequence[ProbeResult]],
    environments: Mapping[str, Environment],
    failures: Sequence[KnownFailure],
) -> Entry:
    """Build one cell from its results, oldest first, keyed by environment.

    Only what was said under ``environment`` decides; the rest is told as what was earlier. A later
    attempt that was skipped takes nothing away from an answer, one that broke does.
    """
    here = results.get(environment.fingerprint, ())
    current = _deciding(here)
    if current is None:
        why = why_unanswered(question, device, environment)
        earlier = _earlier(None, State.UNKNOWN, results, environments, failures)
        return Entry(
            way=question.way, state=State.UNKNOWN, sentence=why, environment=environment,
            earlier=earlier,
        )  # fmt: skip
    meant = verdict(current, failures, environment)
    state = _state(current, meant)
    return Entry(
        way=question.way,
        state=state,
        sentence=sentence_of(current),
        environment=environment,
        result=current,
        known=explaining(current, failures, environment),
        earlier=_earlier(current, state, results, environments, failures),
        notes=tuple(_notes(current, meant, here[-1])),
        broke=current.outcome is Outcome.ERROR and state is State.UNKNOWN,
    )


def _state(result: ProbeResult, meant: Verdict) -> State:
    if result.outcome is Outcome.PASS:
        return State.WORKS
    # A stale entry beside a failure: all that was found is known, and another failure is not there.
    explained = meant is Verdict.STALE and result.outcome is Outcome.FAIL
    if meant is Verdict.KNOWN or explained:
        return State.KNOWN
    if result.outcome is Outcome.FAIL:
        return State.SILENT if is_silent(result) else State.FAILS
    return State.UNKNOWN


def is_silent(result: ProbeResult) -> bool:
    """Whether one of the findings is that something is wrong and nothing was raised."""
    rules = [f.rule for f in result.findings if f.severity.rank >= Severity.LOW.rank]
    return any(rule in SILENT_RULES or rule.endswith(SILENT_ENDING) for rule in rules)


def sentence_of(result: ProbeResult) -> str:
    """The sentence that says most: the worst finding, else the reason, else how it ended."""
    worst = max(result.findings, key=lambda f: f.severity.rank, default=None)
    if result.outcome is Outcome.PASS:
        return ""
    if worst is not None and result.outcome is Outcome.FAIL:
        return worst.message
    said = [result.reason, result.crash.detail if result.crash else ""]
    return next(filter(None, said), f"{result.outcome.value} without a reason")


def _deciding(results: Sequence[ProbeResult]) -> ProbeResult | None:
    tried = [result for result in results if result.outcome is not Outcome.SKIP]
    chosen = tried or results
    return chosen[-1] if chosen else None


def _earlier(
    current: ProbeResult | None,
    now: State,
    results: Mapping[str, Sequence[ProbeResult]],
    environments: Mapping[str, Environment],
    failures: Sequence[KnownFailure],
) -> tuple[Earlier, ...]:
    """The newest answer under each other environment, and a different one under this."""
    found = []
    for fingerprint, said in results.items():
        environment = environments.get(fingerprint)
        same = current is not None and fingerprint == current.environment
        # Looking a failure up costs more than anything else here, so no more than is needed.
        for result in reversed(said[-LOOKED_AT:]):
            state = _state(result, verdict(result, failures, environment))
            if state is not State.UNKNOWN and not (same and state is now):
                found.append(Earlier(state=state, environment=environment, at=result.started_at))
                break
    found.sort(key=lambda one: one.at, reverse=True)
    return tuple(found[:MOST_EARLIER])


def _notes(current: ProbeResult, meant: Verdict, last: ProbeResult) -> list[str]:
    notes = []
    if last is not current:
        notes.append(f"a later attempt was skipped: {last.reason}")
    if meant is Verdict.STALE:
        works = current.outcome is Outcome.PASS
        notes.append(
            "it works although the knowledge base says that it fails here"
            if works
            else "another failure that the knowledge base expects here did not happen"
        )
    if current.outcome is Outcome.FAIL and is_silent(current):
        notes.append("nothing is raised: the result is wrong and looks finished")
    return notes
