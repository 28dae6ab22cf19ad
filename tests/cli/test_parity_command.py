"""``framegate parity``: what is told of each dtype, and how it ends."""

import pytest

from compat.cli import parity_command as subject
from compat.cli.main import main
from compat.core.errors import ExitCode
from compat.core.model import Finding, Outcome, Place, ProbeResult, Severity, Target
from compat.store.store import Store
from runners.engines.parity_messages import Divergence
from runners.parity import sentence

DIVERGENCE = Divergence(
    number=7,
    operation="clone",
    module="transformer.blocks.0.attn1",
    source="diffusers/models/x.py:12",
    inputs=("2x13 bfloat16 strided",),
    dtype="bfloat16",
    error_eps=128.0,
    limit_eps=4.0,
    host_eps=0.5,
)


def result(outcome, dtype="bfloat16", reason=""):
    found = outcome is Outcome.FAIL
    place = Place(kind="module", path=DIVERGENCE.module, detail=DIVERGENCE.source)
    bad = Finding(
        rule="parity-divergence", severity=Severity.HIGH, message=sentence(DIVERGENCE), place=place
    )
    return ProbeResult(
        probe="parity",
        target=Target(device="cpu", model="m", dtype=dtype),
        outcome=outcome,
        reason=reason,
        findings=(bad,) if found else (),
        measures={
            "compared": 900,
            "found": int(found),
            "worst_eps": {"mul": 0.5, "linear": 2.5},
            "not_compared": {"odd_kernel": 3},
        },
    )


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([Outcome.PASS, Outcome.PASS], ExitCode.OK),
        ([Outcome.PASS, Outcome.FAIL], ExitCode.FINDINGS),
        ([Outcome.ERROR, Outcome.FAIL], ExitCode.FINDINGS),
        ([Outcome.PASS, Outcome.ERROR], ExitCode.NOTHING_CHECKED),
        ([], ExitCode.NOTHING_CHECKED),
    ],
)
def test_what_could_not_be_compared_is_no_pass(outcomes, code):
    assert subject.exit_code([result(outcome) for outcome in outcomes]) is code


@pytest.fixture
def answers(monkeypatch):
    def give(*results):
        monkeypatch.setattr("runners.parity.parity", lambda *_arguments: iter(results))

    return give


def test_the_guilty_operation_is_named_with_its_place(answers, capsys):
    answers(result(Outcome.FAIL))
    assert main(["parity", "--prompt", "a cat", "--dtype", "bfloat16"]) == ExitCode.FINDINGS
    written = capsys.readouterr().out
    assert "transformer.blocks.0.attn1 (diffusers/models/x.py:12)" in written
    assert "clone of 2x13 bfloat16 strided is off by 128 eps of bfloat16" in written
    assert "without a reference on the processor: odd_kernel (3)" in written


def test_a_sound_device_is_told_with_its_largest_errors_and_kept_as_evidence(answers, capsys):
    answers(result(Outcome.PASS), result(Outcome.PASS, "float16"))
    assert main(["parity", "--prompt", "a cat"]) == ExitCode.OK
    assert "largest errors: linear 2.5 eps, mul 0.5 eps" in capsys.readouterr().out
    with Store.open() as store:
        assert {kept.target.dtype for kept in store.results()} == {"bfloat16", "float16"}


def test_a_dtype_that_cannot_be_compared_says_why(answers, capsys):
    answers(result(Outcome.ERROR, reason="RuntimeError: no kernel"))
    assert main(["parity", "--prompt", "a cat"]) == ExitCode.NOTHING_CHECKED
    assert "could not be compared: RuntimeError: no kernel" in capsys.readouterr().out


@pytest.mark.parametrize("device", ["mps:7", "cuda:99"])
def test_a_device_that_is_not_there_is_unavailable_and_no_pass(answers, capsys, device):
    answers(result(Outcome.PASS))
    words = ["parity", "--prompt", "a cat", "--device", device]
    assert main(words) == ExitCode.NOTHING_CHECKED
    assert f"device {device} cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--dtype", "int8"], "model.dtype is 'int8'"),
        (["--window", "0"], "window.frames is 0"),
        (["--width", "-1"], "video.width is -1"),
    ],
)
def test_what_no_render_could_take_is_refused_before_a_worker_starts(answers, capsys, words, said):
    answers(result(Outcome.PASS))
    assert main(["parity", "--prompt", "a cat", *words]) == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_a_folder_that_is_no_pipeline_is_told_so(answers, capsys, tmp_path):
    answers(result(Outcome.PASS))
    assert main(["parity", "--model", str(tmp_path)]) == ExitCode.USAGE
    assert "has no model_index.json" in capsys.readouterr().err
