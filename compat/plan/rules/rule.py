"""What a rule about a plan is: an id, a severity, the keys it reads and a documented generator."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from compat.core.model import Confidence, Finding, Place, Severity
from compat.plan.geometry import PictureRule
from compat.plan.limits import written
from compat.plan.model import RenderPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One place where a rule is broken, named by its dotted key."""

    key: str
    message: str
    remedy: str
    evidence: Mapping[str, object] = field(default_factory=dict)


Check = Callable[[RenderPlan, PictureRule], Iterator[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. HIGH means the render cannot be right; less means advice.

    ``reads`` are the dotted keys the rule computes with: where one of them is broken already, the
    rule is not asked, because its answer would be about a value nobody wrote.
    """

    id: str
    severity: Severity
    confidence: Confidence
    reads: tuple[str, ...]
    doc: str
    check: Check

    def findings(self, plan: RenderPlan, picture: PictureRule) -> Iterator[Finding]:
        """Everything in ``plan`` that breaks this rule."""
        for problem in self.check(plan, picture):
            yield Finding(
                rule=self.id,
                severity=self.severity,
                message=problem.message,
                place=Place(kind="plan", path=problem.key),
                remedy=problem.remedy,
                confidence=self.confidence,
                evidence=problem.evidence,
            )


def rule(
    identifier: str,
    severity: Severity = Severity.HIGH,
    *,
    reads: tuple[str, ...] = (),
    confidence: Confidence = Confidence.HIGH,
) -> Callable[[Check], Rule]:
    """Declare the decorated generator as the rule ``identifier``; registers nothing."""

    def declare(check: Check) -> Rule:
        return Rule(
            id=identifier,
            severity=severity,
            confidence=confidence,
            reads=reads,
            doc=inspect.getdoc(check) or "",
            check=check,
        )

    return declare


def choice(values: tuple[float, ...]) -> str:
    """Write legal values as a sentence does: "704 or 736"."""
    return " or ".join(written(value) for value in values)
