"""Writes WORKING_SOLUTIONS.md: what passed, opened and finished here, as evidence."""

from collections.abc import Iterable

from compat.core.job import GateDecision
from compat.knowledge.model import Solution
from reports.evidence import Evidence, RunStory
from reports.run_story import window_rows
from reports.wording import (
    as_code,
    count,
    for_markdown,
    say_environment,
    say_plan,
    say_seconds,
    say_time,
)
from reports.working import (
    Confirmation,
    Passing,
    confirmations,
    finished_runs,
    opened_gates,
    passing_now,
)


def render_working_solutions(evidence: Evidence, solutions: tuple[Solution, ...]) -> str:
    """Return the whole report as Markdown; the same evidence gives the same text."""
    passing = passing_now(evidence)
    confirmed = confirmations(passing, solutions, evidence.environments.values())
    return "\n".join(
        [
            "# Working solutions",
            "",
            (
                f"Made by `framegate report` from the evidence up to {say_time(evidence.last_at)}. "
                "This is what worked on the machines named here, with these versions; "
                "it is evidence, not a promise for another machine."
            ),
            *_runs(finished_runs(evidence), evidence),
            *_gates(opened_gates(evidence), evidence),
            *_probes(passing, evidence),
            *_solutions(confirmed),
            "",
        ]
    )


def _runs(runs: Iterable[RunStory], evidence: Evidence) -> list[str]:
    lines = ["", "## Renders that finished"]
    for story in runs:
        end = story.data("run-finished")
        environment = evidence.environments.get(story.environment)
        windows = window_rows(story)
        lines += [
            "",
            f"### {for_markdown(say_plan(story.plan))}",
            "",
            f"- **finished**: {say_time(story.run.last_at)}",
            (
                f"- **took**: {_took(end.get('seconds'))}, {count(len(windows), 'window')}, "
                f"{_frames(end.get('frames'))}"
            ),
            f"- **verdict**: {for_markdown(end.get('verdict') or 'not judged')}",
            f"- **output**: {as_code(end.get('output') or 'not recorded')}",
            f"- **where**: {for_markdown(say_environment(environment))}",
        ]
    return lines if len(lines) > 2 else [*lines, "", "None so far."]


def _took(seconds: object) -> str:
    return say_seconds(float(seconds)) if isinstance(seconds, int | float) else "unknown time"


def _frames(frames: object) -> str:
    return count(frames, "frame") if isinstance(frames, int) else "frames not counted"


def _gates(decisions: Iterable[GateDecision], evidence: Evidence) -> list[str]:
    lines = ["", "## Gates that opened"]
    for decision in decisions:
        recorded = evidence.preflight_before(decision)
        plan = say_plan(recorded.preflight.plan) if recorded else "plan not recorded"
        environment = evidence.environment_of_plan(decision.fingerprint)
        lines += [
            "",
            f"- **{say_time(decision.decided_at)}** {for_markdown(plan)}",
            f"  - where: {for_markdown(say_environment(environment))}",
        ]
        if recorded:
            lines.append(f"  - preflight took {say_seconds(recorded.preflight.seconds)}")
        lines += [f"  - not decided: {as_code(sentence)}" for sentence in decision.undecided]
        lines += [
            f"  - waived: {as_code(waiver.rule)}, because {for_markdown(waiver.reason)}"
            for waiver in decision.waived
        ]
    return lines if len(lines) > 2 else [*lines, "", "None so far."]


def _probes(passing: tuple[Passing, ...], evidence: Evidence) -> list[str]:
    lines = ["", "## Probes that pass"]
    for fingerprint in dict.fromkeys(cell.environment for cell in passing):
        environment = evidence.environments.get(fingerprint)
        lines += [
            "",
            f"### {for_markdown(say_environment(environment))}",
            "",
            "| probe | target | passed | last |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {for_markdown(cell.probe)} | {for_markdown(cell.target)} | "
            f"{count(cell.times, 'time')} | {say_time(cell.last_at)} |"
            for cell in passing
            if cell.environment == fingerprint
        ]
    return lines if passing else [*lines, "", "None so far."]


def _solutions(confirmed: tuple[Confirmation, ...]) -> list[str]:
    lines = ["", "## Known solutions"]
    for confirmation in confirmed:
        solution = confirmation.solution
        by = ", ".join(f"{cell.probe} on {cell.target}" for cell in confirmation.by[:6])
        here = f"confirmed here by {by}" if by else "not confirmed here"
        lines += [
            "",
            f"### {for_markdown(solution.title)}",
            "",
            f"`{solution.id}`, {solution.evidence.value}; **{for_markdown(here)}**",
            "",
            for_markdown(solution.problem),
            "",
            *(f"{n}. {for_markdown(step)}" for n, step in enumerate(solution.steps, 1)),
        ]
    return lines
