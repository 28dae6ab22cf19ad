"""What the result of a probe means, finding by finding."""

from collections.abc import Iterable
from dataclasses import replace

from compat.core.model import Environment, Outcome, ProbeResult, Severity, Verdict
from compat.knowledge import verdict
from compat.knowledge.model import KnownFailure


def meaning(
    result: ProbeResult, failures: Iterable[KnownFailure], environment: Environment
) -> Verdict:
    """Say what ``result`` means; a failure is KNOWN only where each of its findings is.

    One known finding must not hide a new one beside it: a device that is known to lack e5m2 and
    now also misreads e4m3 has a new failure.
    """
    known = tuple(failures)
    if result.outcome is not Outcome.FAIL:
        return verdict(result, known, environment)
    parts = [
        verdict(replace(result, findings=(finding,)), known, environment)
        for finding in result.findings
        if finding.severity.rank >= Severity.LOW.rank
    ]
    return Verdict.KNOWN if all(part is Verdict.KNOWN for part in parts) else Verdict.NEW
