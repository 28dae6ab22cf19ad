"""The gate: open only for exactly what was checked, and the one way to a long render."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from compat import __version__
from compat.core.errors import GateShutError
from compat.core.job import Check, GateDecision, GateState, Preflight, Waiver
from compat.core.model import Environment, Finding, Outcome, Severity
from compat.formats.digest import content_digest
from compat.plan.digest import plan_digest
from compat.plan.model import RenderPlan
from compat.store.store import Store

REQUIRED = ("files", "identity", "plan", "load", "save-path", "smoke", "picture")
"""Checks that keep the gate shut when they could not be made; the rest is named as undecided."""


def fingerprint(plan: RenderPlan, folder: Path, environment: Environment) -> str:
    """What a decision is bound to: the plan, the model's files, the environment, framegate itself.

    Waivers are left out: they change what is accepted, not what is rendered.
    """
    parts = {
        "plan": plan_digest(replace(plan, waivers=())),
        "model": content_digest(folder),
        "environment": environment.fingerprint,
        "framegate": __version__,
    }
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def decide(preflight: Preflight, waivers: tuple[Waiver, ...] = ()) -> GateDecision:
    """Open when every required check passed or was waived; pure but for the time stamp."""
    blocking: list[str] = []
    undecided: list[str] = []
    unreached: list[str] = []
    used: list[Waiver] = []
    for check in preflight.checks:
        if check.outcome is Outcome.PASS:
            continue
        waived = waivers_for(check, waivers)
        if waived:
            used += waived
        elif check.behind and check.id in REQUIRED:
            unreached.append(_sentence(check))
        elif check.outcome is Outcome.SKIP and check.id not in REQUIRED:
            undecided.append(_sentence(check))
        else:
            blocking.append(_sentence(check))
    # What was not reached follows from what blocks; alone, behind something optional, it blocks.
    blocking = blocking or unreached
    if not preflight.checks:
        blocking.append("nothing was checked")
    return GateDecision(
        fingerprint=preflight.fingerprint,
        state=GateState.SHUT if blocking else GateState.OPEN,
        blocking=tuple(blocking),
        undecided=tuple(undecided),
        waived=tuple(used),
        decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def waivers_for(check: Check, waivers: tuple[Waiver, ...]) -> list[Waiver]:
    """The waivers that cover this check whole: by its id, or by every rule that blocks it.

    One without a reason covers nothing.
    """
    reasoned = [waiver for waiver in waivers if waiver.reason.strip()]
    whole = [waiver for waiver in reasoned if waiver.rule == check.id]
    if whole:
        return whole
    bad = _blocking_rules(check.findings)
    covering = [waiver for waiver in reasoned if waiver.rule in bad]
    return covering if bad and bad == {waiver.rule for waiver in covering} else []


def require_open(store: Store, wanted: str) -> GateDecision:
    """The open decision for ``wanted``; ``GateShutError`` where there is none.

    Only the latest decision counts: a later preflight that failed closes what an earlier one
    opened.
    """
    decision = store.latest_decision(wanted)
    if decision is None:
        raise GateShutError(
            "the gate is shut: no preflight was made for exactly this plan, model and environment",
            "run framegate preflight with this plan, or framegate run for all in one go",
        )
    if decision.state is not GateState.OPEN:
        raise GateShutError(
            f"the gate is shut: {decision.blocking[0]}",
            "mend what blocks and run framegate preflight again",
        )
    return decision


def _blocking_rules(findings: tuple[Finding, ...]) -> set[str]:
    return {f.rule for f in findings if f.severity.rank >= Severity.MEDIUM.rank}


def _sentence(check: Check) -> str:
    return f"{check.id}: {check.reason or check.outcome.value}"
