"""A probe's result is read in the light of what is known."""

import re

import pytest

from compat.core.model import (
    Crash,
    Device,
    Environment,
    Finding,
    Outcome,
    Place,
    ProbeResult,
    Severity,
    Target,
    Verdict,
)
from compat.knowledge.match import MAX_LINE, MAX_TEXT, explaining, match, matching, verdict
from compat.knowledge.model import Evidence, Expect, KnownFailure, Retry, When

MAC = Environment(
    os="macOS 15.3.1",
    machine="arm64",
    python="3.12",
    packages={"torch": "2.5.1"},
    devices=(Device(kind="mps"),),
    fingerprint="mac",
)
TORCH_25 = When(devices=("mps",), packages={"torch": ">=2.5,<2.6"})


def a_failure(**changes):
    given = {
        "id": "known",
        "title": "t",
        "cause": "c",
        "remedy": "r",
        "retry": Retry.NEVER,
        "sources": ("s",),
        "evidence": Evidence.MEASURED,
        "probes": ("p",),
        "when": TORCH_25,
    }
    return KnownFailure(**(given | changes))


def a_result(outcome=Outcome.FAIL, **changes):
    given = {"probe": "p", "target": Target(device="mps:0", dtype="bfloat16"), "outcome": outcome}
    return ProbeResult(**(given | changes))


def a_cell(quantisation="int8"):
    target = Target(device="mps", loader="quanto", model="ltx", quantisation=quantisation)
    return a_result(Outcome.PASS, target=target)


def pattern(text):
    return {"patterns": (re.compile(text, re.IGNORECASE),)}


def a_finding(rule="some-rule", message="it differs"):
    return Finding(
        rule=rule, severity=Severity.HIGH, message=message, place=Place(kind="device", path="mps")
    )


LINUX = Environment(os="Linux", machine="x", python="3", packages={}, devices=(), fingerprint="l")
TORCH_26 = Environment(
    os="macOS 15.3.1",
    machine="x",
    python="3",
    packages={"torch": "2.6"},
    devices=(),
    fingerprint="",
)


@pytest.mark.parametrize(
    ("result", "failure", "environment", "answer"),
    [
        (a_result(Outcome.PASS), a_failure(probes=("other",)), MAC, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(), MAC, Verdict.STALE),
        (a_result(Outcome.PASS), a_failure(expect=Expect.ERROR), MAC, Verdict.STALE),
        (a_result(Outcome.PASS), a_failure(expect=Expect.MAYBE), MAC, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(), TORCH_26, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(), LINUX, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(), None, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(when=When(devices=("mps",))), None, Verdict.STALE),
        (a_result(Outcome.PASS), a_failure(when=When(devices=("cuda",))), MAC, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(when=When(dtypes=("float16",))), MAC, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(when=When(dtypes=("bfloat16",))), MAC, Verdict.STALE),
        (a_cell(), a_failure(when=When(loaders=("quanto",))), MAC, Verdict.STALE),
        (a_cell(), a_failure(when=When(loaders=("gguf",))), MAC, Verdict.OK),
        (a_cell(), a_failure(when=When(models=("ltx",))), MAC, Verdict.STALE),
        (a_cell(), a_failure(when=When(models=("mochi",))), MAC, Verdict.OK),
        (a_cell(), a_failure(when=When(quantisations=("int8",))), MAC, Verdict.STALE),
        (a_cell(), a_failure(when=When(quantisations=("Q8_0",))), MAC, Verdict.OK),
        (a_cell(""), a_failure(when=When(quantisations=("int8",))), MAC, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(when=When(loaders=("quanto",))), MAC, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(when=When(os=("macOS >=15",))), MAC, Verdict.STALE),
        (a_result(Outcome.PASS), a_failure(when=When(os=("macOS >=16",))), MAC, Verdict.OK),
        (a_result(Outcome.PASS), a_failure(when=When(os=("Windows",))), MAC, Verdict.OK),
        (a_result(), a_failure(), MAC, Verdict.KNOWN),
        (a_result(), a_failure(), TORCH_26, Verdict.NEW),
        (a_result(), a_failure(probes=("other",)), MAC, Verdict.NEW),
        (a_result(reason="it broke"), a_failure(**pattern("it broke")), MAC, Verdict.KNOWN),
        (a_result(reason="a new way"), a_failure(**pattern("it broke")), MAC, Verdict.NEW),
        (
            a_result(reason="It Broke"),
            a_failure(probes=(), **pattern("it broke")),
            None,
            Verdict.KNOWN,
        ),
        (
            a_result(findings=(a_finding(message="it broke"),)),
            a_failure(**pattern("it broke")),
            MAC,
            Verdict.KNOWN,
        ),
        (
            a_result(findings=(a_finding(),)),
            a_failure(probes=(), rules=("some-rule",)),
            MAC,
            Verdict.KNOWN,
        ),
        (a_result(Outcome.SKIP), a_failure(), MAC, Verdict.UNDECIDED),
        (a_result(Outcome.ERROR), a_failure(), MAC, Verdict.UNDECIDED),
        (a_result(Outcome.ERROR), a_failure(expect=Expect.ERROR), MAC, Verdict.KNOWN),
        (
            a_result(
                Outcome.ERROR, crash=Crash(kind="signal", detail="", log_tail="NDArray > 2**32")
            ),
            a_failure(expect=Expect.MAYBE, **pattern("NDArray >")),
            MAC,
            Verdict.KNOWN,
        ),
    ],
)
def test_a_verdict_follows_from_result_and_knowledge(result, failure, environment, answer):
    assert verdict(result, [failure], environment) is answer


def test_nothing_is_known_without_knowledge():
    assert verdict(a_result(), []) is Verdict.NEW
    assert verdict(a_result(Outcome.PASS), []) is Verdict.OK


def test_a_pass_needs_no_explanation():
    assert explaining(a_result(Outcome.PASS), [a_failure()], MAC) == ()


def test_a_text_is_matched_against_the_shipped_entries():
    (found,) = match("TypeError: Got unsupported ScalarType BFloat16")
    assert found.id == "numpy-bfloat16"


def test_an_entry_for_other_versions_is_left_out_where_the_environment_is_known():
    failure = a_failure(**pattern("it broke"))
    assert matching("it broke", [failure]) == (failure,)
    assert matching("it broke", [failure], MAC) == (failure,)
    assert matching("it broke", [failure], TORCH_26) == ()


def test_of_a_long_text_the_end_is_looked_at():
    failure = a_failure(when=When(), **pattern("it broke"))
    assert matching("noise\n" * MAX_TEXT + "it broke", [failure]) == (failure,)
    assert matching("it broke\n" + "noise\n" * MAX_TEXT, [failure]) == ()


def test_of_a_long_line_the_start_is_looked_at():
    failure = a_failure(when=When(), **pattern("it broke"))
    assert matching("it broke" + "x" * MAX_LINE, [failure]) == (failure,)
    assert matching("x" * MAX_LINE + "it broke", [failure]) == ()
