"""The part of the page about jobs: failed attempts, preflights, runs and waivers."""

import re
from pathlib import Path

from compat.core.job import Check, Estimate, GateDecision
from compat.core.model import Outcome
from compat.knowledge.model import KnownFailure
from reports.attempts import Attempt, failed_attempts
from reports.evidence import Evidence, RunStory
from reports.failed_attempts import RETRY
from reports.page_parts import facts, quoted, table, word
from reports.pictures import Pictures
from reports.run_story import (
    WindowRow,
    pictures_of,
    stop_sentences,
    window_rows,
    windows_planned,
)
from reports.wording import (
    count,
    for_html,
    say_bytes,
    say_environment,
    say_model,
    say_plan,
    say_seconds,
    say_time,
)

# "Not checked" is its own answer: it is never shown as a pass.
_OUTCOME_WORDS = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.SKIP: "not checked",
    Outcome.ERROR: "error",
}
_OPEN_CARDS = 3
"""How many of the latest preflights and runs stand unfolded."""


def attempts(evidence: Evidence, failures: tuple[KnownFailure, ...]) -> str:
    """Return the failed attempts, each with what is known about it."""
    found = failed_attempts(evidence, failures)
    if not found:
        return ""
    return '<h2 id="failed">Failed attempts</h2>' + "".join(_attempt(a) for a in found)


def _attempt(attempt: Attempt) -> str:
    times = f", {attempt.times} times" if attempt.times > 1 else ""
    known = "".join(
        f"<p><strong>{for_html(failure.title)}</strong> <code>{for_html(failure.id)}</code></p>"
        + facts(
            [
                ("cause", for_html(failure.cause)),
                ("what to do", for_html(failure.remedy)),
                ("try again?", for_html(RETRY[failure.retry])),
                ("sources", "<br>".join(_source(source) for source in failure.sources)),
            ]
        )
        for failure in attempt.known
    )
    unknown = facts([("what to do", for_html(attempt.remedy))]) if not attempt.known else ""
    since = f"<p>Passes since {say_time(attempt.since)}.</p>" if attempt.since else ""
    return (
        f'<div class="card"><div class="head">{word("known" if attempt.known else "new")}'
        f"<h3>{for_html(attempt.subject)}</h3>"
        f'<span class="soft small">{attempt.kind.value}, {say_time(attempt.last_at)}{times}</span>'
        f'</div>\n<p class="small soft">{for_html("; ".join(attempt.targets))}<br>'
        f"{for_html(attempt.environment)}</p>"
        f"{quoted([attempt.sentence, *attempt.details[:8]])}{since}{known}{unknown}</div>"
    )


def _source(source: str) -> str:
    if source.startswith("https://") and " " not in source:
        return f'<a href="{for_html(source)}" rel="noreferrer">{for_html(source)}</a>'
    return for_html(source)


def preflights(evidence: Evidence, pictures: Pictures) -> str:
    """Return each gate decision with the checks behind it, latest first."""
    if not evidence.decisions:
        return ""
    cards = [
        _decision(decision, evidence, pictures, unfolded=number < _OPEN_CARDS)
        for number, decision in enumerate(reversed(evidence.decisions))
    ]
    return f'<h2 id="preflights">Preflights</h2>{"".join(cards)}'


def _decision(
    decision: GateDecision, evidence: Evidence, pictures: Pictures, *, unfolded: bool
) -> str:
    recorded = evidence.preflight_before(decision)
    checks = recorded.preflight.checks if recorded else ()
    plan = recorded.preflight.plan if recorded else {}
    where = say_environment(evidence.environment_of_plan(decision.fingerprint))
    shown = "".join(_pictures(check, pictures) for check in checks)
    return (
        f'<details class="card"{" open" if unfolded else ""}><summary>'
        f"{word(decision.state.value)}<h3>{for_html(say_model(plan))}</h3>"
        f'<span class="soft small">{say_time(decision.decided_at)}</span></summary>'
        + facts(
            [
                ("plan", for_html(say_plan(plan))),
                ("where", for_html(where)),
                ("keeps it shut", quoted(decision.blocking)),
                ("not decided", quoted(decision.undecided)),
                ("estimate", _estimate(recorded.preflight.estimate if recorded else None)),
            ]
        )
        + (_checks(checks) if checks else "")
        + f"{shown}</details>"
    )


def _checks(checks: tuple[Check, ...]) -> str:
    rows = [
        (
            word(_OUTCOME_WORDS[check.outcome]),
            for_html(check.title),
            for_html(check.reason),
            "" if check.outcome is Outcome.SKIP else say_seconds(check.seconds),
        )
        for check in checks
    ]
    total = sum(check.seconds for check in checks)
    return table(
        ("", "check", "what it said", f"time ({say_seconds(total)} in all)"),
        rows,
        numbers=frozenset({3}),
    )


def _estimate(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    parts = [
        say_seconds(estimate.seconds) if estimate.seconds is not None else "",
        f"{say_bytes(estimate.peak_memory_bytes)} of memory" if estimate.peak_memory_bytes else "",
        f"{say_bytes(estimate.disk_bytes)} on disk" if estimate.disk_bytes else "",
    ]
    said = ", ".join(part for part in parts if part) or "none"
    return for_html(f"{said} ({estimate.basis})")


def _pictures(check: Check, pictures: Pictures) -> str:
    return "".join(pictures.figure(Path(path), check.title) for path in check.pictures)


def runs(evidence: Evidence, pictures: Pictures) -> str:
    """Return each run with its windows and pictures, latest first."""
    if not evidence.runs:
        return ""
    cards = [
        _run(story, evidence, pictures, unfolded=number < _OPEN_CARDS)
        for number, story in enumerate(reversed(evidence.runs))
    ]
    return f'<h2 id="runs">Runs</h2>{"".join(cards)}'


def _run(story: RunStory, evidence: Evidence, pictures: Pictures, *, unfolded: bool) -> str:
    rows = window_rows(story)
    end = story.data("run-finished")
    seconds = end.get("seconds")
    done = sum(bool(row.verdict) for row in rows)
    planned = windows_planned(story)
    environment = evidence.environments.get(story.environment)
    figures = "".join(
        pictures.figure(path, f"{path.stem} of {story.run.run}") for path in pictures_of(story)
    )
    return (
        f'<details class="card"{" open" if unfolded else ""}><summary>'
        f"{word(story.run.state)}<h3>{for_html(_name(story))}</h3>"
        f'<span class="soft small">{say_time(story.run.started_at)} to '
        f"{say_time(story.run.last_at)}</span></summary>"
        + facts(
            [
                ("plan", for_html(say_plan(story.plan))),
                ("where", for_html(say_environment(environment))),
                ("run", f"<code>{for_html(story.run.run)}</code>"),
                ("why it ended", quoted(stop_sentences(story))),
                ("windows", f"{done} of {planned}" if planned else count(done, "window")),
                ("took", say_seconds(seconds) if isinstance(seconds, int | float) else ""),
                ("verdict", word(str(end["verdict"])) if end.get("verdict") else ""),
                ("output", f"<code>{for_html(end['output'])}</code>" if end.get("output") else ""),
            ]
        )
        + (_windows(rows) if rows else "")
        + f"{figures}</details>"
    )


def _name(story: RunStory) -> str:
    # The store may come from another system, so a backslash separates as well.
    output = str(story.data("run-started").get("output") or "")
    return re.split(r"[/\\]", output)[-1] or story.run.run


def _windows(rows: tuple[WindowRow, ...]) -> str:
    cells = [
        (
            str(row.index),
            word(row.verdict or "not judged"),
            for_html("; ".join(row.sentences)),
            for_html(row.seed),
            str(row.retries) if row.retries else "",
            "" if row.frames is None else str(row.frames),
            "" if row.denoise_seconds is None else say_seconds(row.denoise_seconds),
            "" if row.decode_seconds is None else say_seconds(row.decode_seconds),
        )
        for row in rows
    ]
    headings = ("window", "verdict", "what was seen", "seed", "retries", "frames", "denoise")
    return table((*headings, "decode"), cells, numbers=frozenset({0, 3, 4, 5, 6, 7}))


def waivers(evidence: Evidence) -> str:
    """Return every waiver that was ever used; they stay here for ever."""
    used = [(d, waiver) for d in reversed(evidence.decisions) for waiver in d.waived]
    if not used:
        return ""
    rows = [
        (
            for_html(say_time(decision.decided_at)),
            f"<code>{for_html(waiver.rule)}</code>",
            for_html(waiver.reason),
            f"<code>{for_html(decision.fingerprint[:12])}</code>",
        )
        for decision, waiver in used
    ]
    return '<h2 id="waivers">Waivers</h2>' + table(("date", "rule", "reason", "for"), rows)
