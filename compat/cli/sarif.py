"""Writes findings as SARIF 2.1.0, which code hosts and editors show as annotations."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from compat import __version__
from compat.cli.output import Result, finite
from compat.core.codec import to_data
from compat.core.model import Finding, Severity

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
HOME = "https://pypi.org/project/framegate/"
LEVELS: Mapping[Severity, str] = {
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_BYTE = re.compile(r"byte (\d{1,18})")


def print_sarif(command: str, results: Iterable[Result]) -> None:
    """Print one SARIF log of one run; every finding of every result is a result there."""
    every = [(result, finding) for result in results for finding in result.findings]
    rules = list(dict.fromkeys(finding.rule for _, finding in every))
    first = {finding.rule: finding for _, finding in reversed(every)}
    run = {
        "tool": {"driver": _driver([_rule(first[rule]) for rule in rules])},
        "automationDetails": {"id": f"framegate/{command}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(result, found, rules.index(found.rule)) for result, found in every],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    print(json.dumps(finite(log), indent=2, ensure_ascii=True, default=str, allow_nan=False))


def _driver(rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "framegate",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": HOME,
        "rules": rules,
    }


def _rule(finding: Finding) -> dict[str, Any]:
    words = finding.rule.replace("-", " ")
    rule: dict[str, Any] = {
        "id": finding.rule,
        "shortDescription": {"text": words},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
    }
    if finding.remedy:
        rule["help"] = {"text": finding.remedy}
    return rule


def _result(result: Result, finding: Finding, index: int) -> dict[str, Any]:
    properties = {
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "verdict": result.verdict,
        "remedy": finding.remedy,
        "detail": finding.place.detail,
        "evidence": to_data(dict(finding.evidence)),
    }
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding)],
        "properties": properties,
    }


def _location(finding: Finding) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": artifact_uri(finding.place.path)}}
    byte = _BYTE.fullmatch(finding.place.detail)
    if byte is not None:
        physical["region"] = {"byteOffset": int(byte[1]), "byteLength": 0}
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.place.detail and byte is None:
        location["logicalLocations"] = [{"name": finding.place.detail}]
    return location


def artifact_uri(path: str) -> str:
    """The path as a URI: a file URI where it is absolute, else a relative reference.

    Names that are no UTF-8 keep their bytes, percent-encoded.
    """
    if Path(path).is_absolute():
        return _file_uri(Path(path))
    text = PurePath(path).as_posix()
    # A first segment with a colon would read as a scheme.
    prefix = "./" if ":" in text.partition("/")[0] else ""
    return prefix + _quoted(text)


def _file_uri(path: Path) -> str:
    text = path.as_posix()
    if text.startswith("//"):  # \\server\share
        return "file:" + _quoted(text)
    return "file://" + _quoted(text if text.startswith("/") else f"/{text}", more=":")


def _quoted(text: str, more: str = "") -> str:
    return quote(text.encode("utf-8", "surrogateescape"), safe=f"/{more}")
