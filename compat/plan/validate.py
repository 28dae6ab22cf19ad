"""Every rule a plan breaks, all at once, each with the nearest legal value."""

import re
from collections.abc import Collection, Iterator

from compat.core.model import Finding, Severity
from compat.plan.geometry import LTX, PictureRule
from compat.plan.model import RenderPlan
from compat.plan.rules import (
    model_rules,
    output_rules,
    picture_rules,
    prompt_rules,
    ranges,
    sampling_rules,
    window_rules,
)
from compat.plan.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *ranges.RULES,
    *model_rules.RULES,
    *picture_rules.RULES,
    *window_rules.RULES,
    *sampling_rules.RULES,
    *prompt_rules.RULES,
    *output_rules.RULES,
)
"""Ranges first: what computes with a number is not asked where the number is out of range."""


def violations(
    plan: RenderPlan, picture: PictureRule = LTX, *, unreadable: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return what is wrong with ``plan``, the worst first; empty where every value is legal.

    HIGH findings make the plan illegal, lesser ones are advice. ``picture`` is the size rule of
    the model, LTX where it is unknown; windows follow the LTX rule always, because the loop does.
    ``unreadable`` are dotted keys whose values could not be read and stand at a default: nothing
    is said about them or computed from them. Waivers are the gate's business and change nothing.
    """
    found: list[Finding] = []
    broken = set(unreadable)
    for rule in RULES:
        if not _touches(rule.reads, broken):
            fresh = [f for f in rule.findings(plan, picture) if f.place.path not in broken]
            found += fresh
            if rule in ranges.RULES:
                broken |= {finding.place.path for finding in fresh}
    return tuple(sorted(found, key=lambda finding: -finding.severity.rank))


def is_legal(findings: Collection[Finding]) -> bool:
    """Whether findings of :func:`violations` leave the plan legal, advice aside."""
    return all(finding.severity is not Severity.HIGH for finding in findings)


def _touches(reads: tuple[str, ...], broken: set[str]) -> bool:
    return any(key in reads for name in broken for key in _names(name))


def _names(key: str) -> Iterator[str]:
    # "prompts[3].at" is read by rules that name "prompts[].at".
    yield key
    yield re.sub(r"\[\d+\]", "[]", key)
