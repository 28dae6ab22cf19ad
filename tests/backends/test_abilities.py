"""What a device takes is told as probed here, else as recorded, else as unknown."""

from dataclasses import replace

import pytest

from compat.backends import abilities as subject
from compat.core.model import (
    Device,
    Environment,
    Finding,
    Outcome,
    Place,
    ProbeResult,
    Severity,
    Target,
)

HERE = Environment(
    os="", machine="", python="", packages={"torch": "2.13.0"}, devices=(), fingerprint="here"
)


def card(capability):
    return Device(kind="cuda", capability=capability)


def result(probe, *rules, device="mps", environment="here", outcome=None, text="x"):
    place = Place(kind="device", path=device)
    findings = tuple(
        Finding(rule=rule, severity=Severity.HIGH, message=text, place=place) for rule in rules
    )
    return ProbeResult(
        probe=probe,
        target=Target(device=device),
        outcome=outcome or (Outcome.FAIL if rules else Outcome.PASS),
        findings=findings,
        environment=environment,
    )


def answers(device, *results, environment=HERE):
    return subject.abilities(device, environment, results)


@pytest.mark.parametrize(
    ("device", "torch", "name", "answer"),
    [
        (card("sm_89"), "2.13.0", "fp8-mm", "yes"),
        (card("sm_86"), "2.13.0", "fp8-mm", "no"),
        (card(""), "2.13.0", "fp8-mm", "depends"),
        (card("sm_86"), "2.13.0", "bf16", "yes"),
        (card("sm_75"), "2.13.0", "bf16", "slow"),
        (Device(kind="mps"), "2.13.0", "f64", "no"),
        (Device(kind="mps"), "2.14.0", "e4m3", "no"),
        (Device(kind="mps"), "2.15.0", "e4m3", "yes"),
        (Device(kind="mps"), "2.15.0", "e5m2", "no"),
        (Device(kind="xpu"), "2.13.0", "bf16", "unknown"),
    ],
)
def test_the_recorded_answer_knows_version_and_card(device, torch, name, answer):
    environment = replace(HERE, packages={"torch": torch, "mlx": "0.32.4"})
    found = answers(device, environment=environment)[name]
    assert (found.answer, found.basis) == (answer, "" if answer == "unknown" else "facts")


@pytest.mark.parametrize(
    ("rules", "answer"),
    [((), "yes"), (("float64-refused",), "no"), (("float64-wrong",), "wrong")],
)
def test_a_probe_in_this_environment_knows_better(rules, answer):
    found = answers(Device(kind="mps"), result("float64", *rules))["f64"]
    assert (found.answer, found.basis) == (answer, "probed")


@pytest.mark.parametrize(
    "other",
    [
        result("float64", environment="another"),
        result("float64", device="cpu"),
        result("float64", outcome=Outcome.SKIP),
        result("float64", outcome=Outcome.ERROR),
    ],
)
def test_what_was_probed_elsewhere_or_not_answered_does_not_count(other):
    assert answers(Device(kind="mps"), other)["f64"].basis == "facts"


def test_a_finding_about_one_of_two_formats_leaves_the_other():
    said = result("fp8-storage", "fp8-refused", text="float8_e5m2 cannot be stored here")
    found = answers(Device(kind="mps"), said)
    assert (found["e4m3"].answer, found["e5m2"].answer) == ("yes", "no")


def test_the_last_word_counts():
    old, new = result("float64"), result("float64", "float64-refused")
    assert answers(Device(kind="mps"), old, new)["f64"].answer == "no"


@pytest.mark.parametrize(
    ("capability", "number"), [("sm_89", 8.9), ("sm_120", 12.0), ("sm_9", None), ("gfx90a", None)]
)
def test_the_capability_is_a_number(capability, number):
    assert subject.compute_capability(card(capability)) == number
