"""Runs the checks in order and keeps what each said, however it ended."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from compat.core.codec import to_data
from compat.core.errors import CompatError
from compat.core.job import Check, Preflight, Waiver
from compat.core.model import Finding, Outcome, Place, Severity
from compat.knowledge import match
from runners.gate import waivers_for
from runners.preflight.context import Answer, Context, Step, UndecidedError
from runners.preflight.cost import estimate_for
from runners.process import RemoteError, WorkerDiedError


def preflight(
    context: Context,
    *,
    steps: Iterable[Step],
    waivers: tuple[Waiver, ...] = (),
    keep_going: bool = False,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> Preflight:
    """Run every check and return what was found; never raises for what a check meets.

    A check whose needs did not pass is SKIP with that reason; a worker that died or an engine that
    raised is ERROR with the true reason. A need that ``waivers`` cover counts as passed: what comes
    after a waived check is still checked. ``keep_going`` runs checks whose needs failed as well, to
    learn which of them see a fault. ``on_check`` is called as each one ends.
    """
    started = time.perf_counter()
    done: dict[str, Check] = {}
    settled: set[str] = set()
    for step in steps:
        needs = () if keep_going else step.needs
        check = _run(replace(step, needs=needs), context, settled)
        done[step.id] = check
        if check.outcome is Outcome.PASS or waivers_for(check, waivers):
            settled.add(step.id)
        on_check(check)
    return Preflight(
        fingerprint=context.job.fingerprint,
        plan=to_data(context.job.plan),
        checks=tuple(done.values()),
        estimate=estimate_for(context),
        seconds=time.perf_counter() - started,
    )


def _run(step: Step, context: Context, settled: set[str]) -> Check:
    missing = [name for name in step.needs if name not in settled]
    blank = Check(id=step.id, title=step.title, outcome=Outcome.SKIP)
    if missing:
        reason = f"not reached: {missing[0]} did not pass"
        return replace(blank, reason=reason, behind=missing[0])
    context.progress(step.id, {"title": step.title})
    started = time.perf_counter()
    check = _answered(step, context, blank)
    return replace(check, seconds=time.perf_counter() - started)


def _answered(step: Step, context: Context, blank: Check) -> Check:
    try:
        answer = step.run(context)
    except UndecidedError as undecided:
        return replace(blank, reason=str(undecided))
    except WorkerDiedError as death:
        reason = f"the render worker died: {death.crash.detail}"
        return _broken(blank, reason, {"log_tail": death.crash.log_tail}, context)
    except RemoteError as error:
        evidence = {"traceback": error.traceback, "remedy": error.remedy}
        return _broken(blank, f"{error.kind}: {error.message}", evidence, context)
    except CompatError as error:
        return _broken(blank, str(error), {"remedy": error.remedy}, context)
    except OSError as error:
        reason = f"{error.filename or context.job.scratch}: {error.strerror or error}"
        return _broken(blank, reason, {"remedy": "free some space or mend the rights"}, context)
    return _check_of(answer, blank)


def _check_of(answer: Answer, blank: Check) -> Check:
    bad = [f for f in answer.findings if f.severity.rank >= Severity.MEDIUM.rank]
    outcome = answer.outcome or (Outcome.FAIL if bad else Outcome.PASS)
    return replace(
        blank,
        outcome=outcome,
        reason=answer.reason or (bad[0].message if bad else ""),
        findings=answer.findings,
        measures=answer.measures,
        pictures=answer.pictures,
    )


def _broken(blank: Check, reason: str, evidence: dict[str, str], context: Context) -> Check:
    known = match(reason, context.job.environment)
    remedy = known[0].remedy if known else "mend what the error names; its trace is in the evidence"
    finding = Finding(
        rule=f"{blank.id}-error",
        severity=Severity.HIGH,
        message=reason,
        place=Place(kind="device", path=context.job.device),
        remedy=evidence.get("remedy", "") or remedy,
        evidence=evidence,
    )
    return replace(blank, outcome=Outcome.ERROR, reason=reason, findings=(finding,))
