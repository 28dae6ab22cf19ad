"""The checks run in order, and however one ends, its reason is kept."""

import pytest

from compat.core.errors import CompatError
from compat.core.job import Waiver
from compat.core.model import Crash, Finding, Outcome, Place, Severity
from runners.preflight import run as run_module
from runners.preflight.context import Answer, Step, UndecidedError
from runners.preflight.ladder import STEPS, steps_for
from runners.process import RemoteError, WorkerDiedError


class Context:
    """As much of a context as the order of checks looks at."""

    class job:
        fingerprint = "f"
        device = "cpu"
        environment = None
        plan = None

    progress = staticmethod(lambda _name, _message: None)


def finding(severity):
    place = Place(kind="file", path="x")
    return Finding(rule="r", severity=severity, message="it is so", place=place)


def step(name, answer, needs=()):
    def check(_context):
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Step(id=name, title=name, run=check, needs=needs)


@pytest.fixture
def checks(monkeypatch):
    monkeypatch.setattr(run_module, "estimate_for", lambda _context: None)

    def run(*steps, **options):
        return run_module.preflight(Context(), steps=steps, **options).checks

    return run


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (Answer(), Outcome.PASS, ""),
        (Answer(findings=(finding(Severity.LOW),)), Outcome.PASS, ""),
        (Answer(findings=(finding(Severity.MEDIUM),)), Outcome.FAIL, "it is so"),
        (UndecidedError("nobody knows"), Outcome.SKIP, "nobody knows"),
        (CompatError("no such file"), Outcome.ERROR, "no such file"),
        (
            OSError(28, "no space left on device", "/x"),
            Outcome.ERROR,
            "/x: no space left on device",
        ),
        (RemoteError("TypeError", "no bf16", ""), Outcome.ERROR, "TypeError: no bf16"),
        (
            WorkerDiedError(Crash(kind="signal", detail="killed by SIGSEGV")),
            Outcome.ERROR,
            "the render worker died: killed by SIGSEGV",
        ),
    ],
)
def test_however_a_check_ends_it_is_told(checks, answer, outcome, reason):
    (check,) = checks(step("one", answer))
    assert (check.outcome, check.reason) == (outcome, reason)


def test_a_check_is_not_reached_when_what_it_needs_did_not_pass(checks):
    bad = step("files", Answer(findings=(finding(Severity.HIGH),)))
    _, load = checks(bad, step("load", Answer(), needs=("files",)))
    assert (load.outcome, load.reason) == (Outcome.SKIP, "not reached: files did not pass")


def test_what_needs_a_waived_check_is_still_checked(checks):
    bad = step("smoke", Answer(findings=(finding(Severity.HIGH),)))
    waiver = Waiver(rule="smoke", reason="seen by hand")
    _, picture = checks(bad, step("picture", Answer(), needs=("smoke",)), waivers=(waiver,))
    assert picture.outcome is Outcome.PASS


def test_going_on_runs_it_all_the_same(checks):
    bad = step("files", Answer(findings=(finding(Severity.HIGH),)))
    _, load = checks(bad, step("load", Answer(), needs=("files",)), keep_going=True)
    assert load.outcome is Outcome.PASS


def test_every_need_stands_before_the_check_that_has_it():
    seen = set()
    for one in steps_for(real_size=True, references=True):
        assert set(one.needs) <= seen
        seen.add(one.id)
    assert len(seen) == len(STEPS) + 2


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (RemoteError("ModuleNotFoundError", "No module named 'diffusers'", ""), "framegate[diff"),
        (RemoteError("ValueError", "something nobody knows", ""), "mend what the error names"),
        (CompatError("bad file", "download it again"), "download it again"),
    ],
)
def test_an_error_brings_its_own_remedy_or_the_known_one(checks, error, remedy):
    (check,) = checks(step("load", error))
    assert remedy in check.findings[0].remedy
