"""Every number of the plan lies in its range: one rule per key, made from the table of limits."""

from collections.abc import Iterator

from compat.core.model import Confidence, Severity
from compat.plan.geometry import PictureRule
from compat.plan.limits import LIMITS, Limit, value_of, written
from compat.plan.model import RenderPlan
from compat.plan.rules.rule import Check, Problem, Rule, choice


def range_rule(key: str, limit: Limit) -> Rule:
    """The rule ``<key>-range``: the number under ``key`` is finite and inside ``limit``."""
    return Rule(
        id=key.replace(".", "-").replace("_", "-") + "-range",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        reads=(key,),
        doc=f"{key} is {limit}.",
        check=_checking(key, limit),
    )


def _checking(key: str, limit: Limit) -> Check:
    def check(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
        value = value_of(plan, key)
        if not limit.holds(value):
            nearest = limit.nearest(value)
            yield Problem(
                key=key,
                message=f"{key} is {written(value)}, expected {limit}",
                remedy=f"set {key} to {limit if nearest is None else choice((nearest,))}",
                evidence={"found": str(value), "nearest": nearest},
            )

    return check


RULES = tuple(range_rule(key, limit) for key, limit in LIMITS.items())
