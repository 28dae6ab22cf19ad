"""The nouns survive JSON."""

import json

import pytest

from compat.core.codec import from_data, to_data
from compat.core.model import Crash, Finding, Outcome, Place, ProbeResult, Severity, Target


def a_result() -> ProbeResult:
    finding = Finding(
        rule="some-rule",
        severity=Severity.HIGH,
        message="it broke",
        place=Place(kind="device", path="cpu"),
        evidence={"bytes": 3},
    )
    return ProbeResult(
        probe="some-probe",
        target=Target(dtype="bfloat16"),
        outcome=Outcome.FAIL,
        findings=(finding,),
        crash=Crash(kind="signal", detail="SIGSEGV"),
    )


def test_a_result_comes_back_from_json_as_it_went():
    assert from_data(ProbeResult, json.loads(json.dumps(to_data(a_result())))) == a_result()


def test_an_absent_crash_comes_back_absent():
    plain = ProbeResult(probe="p", target=Target(), outcome=Outcome.PASS)
    assert from_data(ProbeResult, to_data(plain)) == plain


def test_an_unknown_key_is_refused():
    with pytest.raises(ValueError, match="Place does not know colour"):
        from_data(Place, {"kind": "file", "path": "x", "colour": "red"})
