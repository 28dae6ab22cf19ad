"""A failure is known only where each of its findings is."""

import re
from dataclasses import replace

import pytest

from compat.core.model import (
    Environment,
    Finding,
    Outcome,
    Place,
    ProbeResult,
    Severity,
    Target,
    Verdict,
)
from compat.knowledge import verdict
from compat.knowledge.model import Evidence, KnownFailure, Retry

HERE = Environment(os="Linux", machine="", python="", packages={}, devices=(), fingerprint="")
FAILURE = KnownFailure(
    id="no-bfloat16",
    title="numpy has no bfloat16",
    cause="it has none",
    remedy="convert",
    retry=Retry.AFTER_FIX,
    sources=("test",),
    evidence=Evidence.MEASURED,
    patterns=(re.compile("unsupported ScalarType"),),
    probes=("save",),
)
RESULT = ProbeResult(probe="save", target=Target(), outcome=Outcome.FAIL)


def finding(text, severity=Severity.HIGH):
    place = Place(kind="device", path="cpu")
    return Finding(rule="r", severity=severity, message=text, place=place)


KNOWN = finding("Got unsupported ScalarType BFloat16")
OTHER = finding("the picture is upside down")
ASIDE = finding("by the way", Severity.INFO)


@pytest.mark.parametrize(
    ("outcome", "findings", "expected"),
    [
        (Outcome.FAIL, (KNOWN,), Verdict.KNOWN),
        (Outcome.FAIL, (KNOWN, KNOWN), Verdict.KNOWN),
        (Outcome.FAIL, (KNOWN, ASIDE), Verdict.KNOWN),
        (Outcome.FAIL, (OTHER,), Verdict.NEW),
        (Outcome.FAIL, (KNOWN, OTHER), Verdict.NEW),
        (Outcome.PASS, (), Verdict.STALE),
        (Outcome.SKIP, (), Verdict.UNDECIDED),
        (Outcome.ERROR, (OTHER,), Verdict.UNDECIDED),
    ],
)
def test_what_a_result_means(outcome, findings, expected):
    result = replace(RESULT, outcome=outcome, findings=findings)
    assert verdict(result, [FAILURE], HERE) is expected
