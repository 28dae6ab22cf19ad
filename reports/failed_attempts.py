"""Writes FAILED_ATTEMPTS.md: everything that failed here, what is known, what to do."""

from compat.knowledge.model import KnownFailure, Retry, Solution
from reports.attempts import Attempt, Kind, failed_attempts, stale_results
from reports.evidence import Evidence
from reports.wording import as_code, count, for_markdown, say_target, say_time

RETRY = {
    Retry.NEVER: "no, it cannot work this way",
    Retry.AFTER_FIX: "after the fix, not before",
    Retry.AS_IS: "yes, as it is",
}

_TITLES = {
    Kind.RUN: "Runs that were stopped",
    Kind.GATE: "Gates that stayed shut",
    Kind.PROBE: "Probes that failed",
}


def render_failed_attempts(
    evidence: Evidence, failures: tuple[KnownFailure, ...], solutions: tuple[Solution, ...]
) -> str:
    """Return the whole report as Markdown; the same evidence gives the same text."""
    attempts = failed_attempts(evidence, failures)
    lines = [
        "# Failed attempts",
        "",
        (
            f"Made by `framegate report` from the evidence up to {say_time(evidence.last_at)}. "
            "Every sentence is quoted as it was said."
        ),
        "",
        _summary(attempts),
    ]
    for kind in Kind:
        of_kind = [attempt for attempt in attempts if attempt.kind is kind]
        if of_kind:
            lines += ["", f"## {_TITLES[kind]}"]
            for attempt in of_kind:
                lines += ["", *_attempt(attempt, solutions)]
    lines += _stale(evidence, failures)
    return "\n".join(lines) + "\n"


def _summary(attempts: tuple[Attempt, ...]) -> str:
    if not attempts:
        return "Nothing failed so far. What was never tried is not in here either."
    times = sum(attempt.times for attempt in attempts)
    known = sum(bool(attempt.known) for attempt in attempts)
    return (
        f"{count(times, 'failed attempt')} of {count(len(attempts), 'kind')}; "
        f"{count(known, 'kind is', 'kinds are')} known, {len(attempts) - known} not."
    )


def _attempt(attempt: Attempt, solutions: tuple[Solution, ...]) -> list[str]:
    lines = [
        f"### {for_markdown(attempt.subject)}",
        "",
        f"- **said**: {as_code(attempt.sentence)}",
        *(f"- **and**: {as_code(detail)}" for detail in attempt.details[:8]),
        *([f"- **on**: {for_markdown('; '.join(attempt.targets))}"] if attempt.targets else []),
        f"- **when**: {_when(attempt)}",
        f"- **where**: {for_markdown(attempt.environment)}",
    ]
    if attempt.since:
        lines.append(f"- **since then**: passes since {say_time(attempt.since)}")
    if attempt.verdict:
        lines.append(f"- **verdict**: {attempt.verdict}")
    if not attempt.known:
        lines.append("- **known**: no")
        if attempt.remedy:
            lines.append(f"- **what to do**: {for_markdown(attempt.remedy)}")
    for failure in attempt.known:
        lines += _known(failure, solutions)
    return lines


def _when(attempt: Attempt) -> str:
    if attempt.times == 1:
        return f"{say_time(attempt.last_at)}, once"
    first, last = say_time(attempt.first_at), say_time(attempt.last_at)
    return f"{last}, {attempt.times} times since {first}"


def _known(failure: KnownFailure, solutions: tuple[Solution, ...]) -> list[str]:
    working = [solution.id for solution in solutions if failure.id in solution.solves]
    lines = [
        f"- **known as** `{failure.id}`: {for_markdown(failure.title)}",
        f"  - cause: {for_markdown(failure.cause)}",
        f"  - what to do: {for_markdown(failure.remedy)}",
        f"  - worth another try: {RETRY[failure.retry]}",
        f"  - how we know: {failure.evidence.value}; {_sources(failure.sources)}",
    ]
    if working:
        lines.append(f"  - working solution: {', '.join(f'`{name}`' for name in working)}")
    return lines


def _sources(sources: tuple[str, ...]) -> str:
    return ", ".join(
        f"<{source}>" if source.startswith("https://") and " " not in source else source
        for source in sources
    )


def _stale(evidence: Evidence, failures: tuple[KnownFailure, ...]) -> list[str]:
    stale = stale_results(evidence, failures)
    if not stale:
        return []
    lines = [
        "",
        "## Entries that no longer hold",
        "",
        "These are recorded as failing here and pass. Look at the entry before trusting it again.",
        "",
    ]
    return lines + [
        f"- `{failure.id}`: {as_code(result.probe)} on {for_markdown(say_target(result.target))} "
        f"passed on {say_time(result.started_at)}"
        for result, failure in stale
    ]
