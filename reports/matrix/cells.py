"""Turns what was said about a cell into its state: the newest answer counts."""

from collections.abc import Iterable, Mapping, Sequence

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
    earlier = _earlier(current, results, environments, failures)
    if current is None:
        why = why_unanswered(question, device, environment)
        return Entry(way=question.way, state=State.UNKNOWN, sentence=why, earlier=earlier)
    state = state_of(current, environment, failures)
    return Entry(
        way=question.way,
        state=state,
        sentence=sentence_of(current),
        result=current,
        known=explaining(current, failures, environment),
        earlier=earlier,
        notes=tuple(_notes(current, here, environment, failures)),
        broke=current.outcome is Outcome.ERROR and state is State.UNKNOWN,
    )


def state_of(
    result: ProbeResult, environment: Environment | None, failures: Sequence[KnownFailure]
) -> State:
    """Say what a result means for its cell."""
    if result.outcome is Outcome.PASS:
        return State.WORKS
    if verdict(result, failures, environment) is Verdict.KNOWN:
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
    results: Mapping[str, Sequence[ProbeResult]],
    environments: Mapping[str, Environment],
    failures: Sequence[KnownFailure],
) -> tuple[Earlier, ...]:
    """The newest answer under each other environment, and a different one under this."""
    now = None
    if current is not None:
        now = state_of(current, environments.get(current.environment), failures)
    found = []
    for fingerprint, said in results.items():
        environment = environments.get(fingerprint)
        same = current is not None and fingerprint == current.environment
        for result in reversed(said):
            # Looking a failure up costs more than anything else here, so no more than is needed.
            state = state_of(result, environment, failures)
            if state is not State.UNKNOWN and not (same and state is now):
                found.append(Earlier(state=state, environment=environment, at=result.started_at))
                break
    found.sort(key=lambda one: one.at, reverse=True)
    return tuple(found[:MOST_EARLIER])


def _notes(
    current: ProbeResult,
    here: Iterable[ProbeResult],
    environment: Environment,
    failures: Sequence[KnownFailure],
) -> list[str]:
    notes = []
    last = list(here)[-1]
    if last is not current:
        notes.append(f"a later attempt was skipped: {last.reason}")
    if verdict(current, failures, environment) is Verdict.STALE:
        notes.append("it works although the knowledge base says that it fails here")
    if current.outcome is Outcome.FAIL and is_silent(current):
        notes.append("nothing is raised: the result is wrong and looks finished")
    return notes
