"""How commands write: findings for people, one JSON document for machines."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compat.cli.colour import painted
from compat.core.codec import to_data
from compat.core.errors import ExitCode
from compat.core.model import Finding, Severity

SCHEMA = "framegate/1"
_COLOURS = {
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "",
    Severity.INFO: "dim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One subject's answer in the machine format."""

    subject: str
    verdict: str
    findings: Sequence[Finding] = ()
    measures: Mapping[str, object] = field(default_factory=dict)


def print_json(command: str, results: Iterable[Result]) -> None:
    """Print the one document of ``--format json`` and nothing else."""
    document = {"schema": SCHEMA, "command": command, "results": [to_data(r) for r in results]}
    text = json.dumps(finite(document), indent=2, ensure_ascii=False, default=str, allow_nan=False)
    print(text)


def finite(data: Any) -> Any:
    """The data with null for every number that JSON lacks: NaN and the infinities."""
    if isinstance(data, float) and not math.isfinite(data):
        return None
    if isinstance(data, dict):
        return {key: finite(item) for key, item in data.items()}
    return [finite(item) for item in data] if isinstance(data, list) else data


def print_findings(findings: Iterable[Finding], *, indent: str = "  ") -> None:
    """Print findings for a person: severity, place, sentence, remedy."""
    for finding in findings:
        severity = painted(f"{finding.severity.upper():<6}", _COLOURS[finding.severity])
        print(f"{indent}{severity} {finding.place}: {finding.message}")
        if finding.remedy:
            print(f"{indent}       what to do: {finding.remedy}")


def exit_for(findings: Iterable[Finding], fail_on: Severity) -> ExitCode:
    """FINDINGS when any finding is at or above ``fail_on``, else OK."""
    worst = max((finding.severity.rank for finding in findings), default=-1)
    return ExitCode.FINDINGS if worst >= fail_on.rank else ExitCode.OK
