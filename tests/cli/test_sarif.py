"""SARIF output is valid by the parts of the 2.1.0 schema that it uses, and names every file."""

import json

import jsonschema
import pytest

from compat.cli.main import main
from compat.cli.output import Result
from compat.cli.sarif import artifact_uri, print_sarif
from compat.core.model import Finding, Place, Severity

TEXT = {
    "type": "object", "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
}  # fmt: skip
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def closed(required, **properties):
    """An object of exactly these properties, as the SARIF schema closes its objects."""
    return {
        "type": "object", "required": required, "properties": properties,
        "additionalProperties": False,
    }  # fmt: skip


RULE = closed(
    ["id"], id={"type": "string"}, shortDescription=TEXT, help=TEXT,
    defaultConfiguration=closed([], level=LEVEL),
)  # fmt: skip
DRIVER = closed(
    ["name"], name={"type": "string"}, version={"type": "string"},
    semanticVersion={"type": "string"}, informationUri={"type": "string", "format": "uri"},
    rules={"type": "array", "uniqueItems": True, "items": RULE},
)  # fmt: skip
PHYSICAL = closed(
    [],
    artifactLocation=closed([], uri={"type": "string", "format": "uri-reference"}),
    region=closed(
        [], byteOffset={"type": "integer", "minimum": -1},
        byteLength={"type": "integer", "minimum": 0},
    ),
)  # fmt: skip
LOCATION = closed(
    [], physicalLocation=PHYSICAL,
    logicalLocations={"type": "array", "items": closed([], name={"type": "string"})},
)  # fmt: skip
RESULT = closed(
    ["message"], ruleId={"type": "string"}, ruleIndex={"type": "integer", "minimum": -1},
    level=LEVEL, message=TEXT, locations={"type": "array", "items": LOCATION},
    properties={"type": "object"},
)  # fmt: skip
RUN = closed(
    ["tool"], tool=closed(["driver"], driver=DRIVER),
    automationDetails=closed([], id={"type": "string"}),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)  # fmt: skip
LOG = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **closed(
        ["version", "runs"], **{"$schema": {"type": "string", "format": "uri"}},
        version={"enum": ["2.1.0"]}, runs={"type": "array", "items": RUN},
    ),
}  # fmt: skip
"""Sections 3.13 to 3.52 of the OASIS standard, as far as they are used; the whole output has been
held against the published schema by hand as well."""


def log_of(text):
    document = json.loads(text, parse_constant=pytest.fail)
    jsonschema.Draft202012Validator(LOG).validate(document)
    return document


def finding(severity=Severity.HIGH, detail="byte 7", path="a b/ü#.pt"):
    return Finding(
        rule="a-rule",
        severity=severity,
        message="it is wrong",
        place=Place(kind="file", path=path, detail=detail),
        remedy="mend it",
        evidence={"number": float("nan")},
    )


def test_every_severity_has_its_level(capsys):
    found = [finding(severity) for severity in Severity]
    print_sarif("verify", [Result(subject="x", verdict="damaged", findings=found)])
    (run,) = log_of(capsys.readouterr().out)["runs"]
    assert [result["level"] for result in run["results"]] == ["note", "note", "warning", "error"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["a-rule"]
    assert {result["ruleIndex"] for result in run["results"]} == {0}


def test_a_byte_is_a_region_and_a_name_a_logical_place(capsys):
    found = [finding(detail="byte 7"), finding(detail="'head.weight'"), finding(detail="")]
    print_sarif("verify", [Result(subject="x", verdict="damaged", findings=found)])
    (run,) = log_of(capsys.readouterr().out)["runs"]
    byte, name, nothing = (result["locations"][0] for result in run["results"])
    assert byte["physicalLocation"]["region"]["byteOffset"] == 7
    assert name["logicalLocations"] == [{"name": "'head.weight'"}]
    assert set(nothing) == {"physicalLocation"}


URIS = {
    "a b/ü#.pt": "a%20b/%C3%BC%23.pt",
    "/x/y z.pt": "file:///x/y%20z.pt",
    "a:b/c": "./a%3Ab/c",
    "50%.pt": "50%25.pt",
    "x\udcff.pt": "x%FF.pt",
}


@pytest.mark.parametrize("path", URIS)
def test_paths_are_written_as_uris(path):
    assert artifact_uri(path) == URIS[path]


def test_a_clean_run_is_a_valid_log_without_results(capsys, tmp_path):
    main(["verify", str(tmp_path), "--format", "sarif"])
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"<html>")
    capsys.readouterr()
    assert main(["verify", str(path), "--format", "sarif"]) == 1
    (run,) = log_of(capsys.readouterr().out)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["html-page"]
    print_sarif("verify", [Result(subject="x", verdict="ok")])
    assert log_of(capsys.readouterr().out)["runs"][0]["results"] == []
