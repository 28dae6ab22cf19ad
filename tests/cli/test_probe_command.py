"""``framegate probe``: what is asked, what is told, and how it ends."""

import json
import sys
from pathlib import Path

import pytest

from compat.cli import probe_command as subject
from compat.cli.main import main
from compat.core.collect import collect
from compat.core.errors import ExitCode
from compat.core.model import (
    Crash,
    Device,
    Environment,
    Finding,
    Level,
    Outcome,
    Place,
    Probe,
    ProbeResult,
    Severity,
    Target,
    Verdict,
)
from compat.store.store import Store

CPU = Device(kind="cpu", name="processor")
NO_CUDA = Device(kind="cuda", unavailable="torch is a build without CUDA")
SECOND_CARD = Device(kind="rocm", index=1)
HERE = Environment(
    os="Linux (test)",
    machine="x86_64",
    python="3.11",
    packages={"torch": "2.13.0"},
    devices=(CPU, NO_CUDA),
    fingerprint="f" * 64,
)
ALL = collect("probes", Probe)
BFLOAT = "frames.cpu().numpy() is refused: TypeError: Got unsupported ScalarType BFloat16"


def finding(text):
    place = Place(kind="device", path="cpu")
    return Finding(rule="stub", severity=Severity.HIGH, message=text, place=place)


def result(outcome, *texts, probe="bf16-to-numpy", crash=None, reason=""):
    return ProbeResult(
        probe=probe,
        target=Target(device="cpu"),
        outcome=outcome,
        reason=reason,
        findings=tuple(map(finding, texts)),
        environment=HERE.fingerprint,
        crash=crash,
    )


PASSED = result(Outcome.PASS, probe="float64")
KNOWN = result(Outcome.FAIL, BFLOAT)
NEW = result(Outcome.FAIL, "the picture is upside down", probe="float64")
HALF_KNOWN = result(Outcome.FAIL, BFLOAT, "the picture is upside down")
STALE = result(Outcome.PASS)
SKIPPED = result(Outcome.SKIP, reason="no torch", probe="float64")
CRASHED = result(
    Outcome.ERROR,
    probe="float64",
    crash=Crash(kind="signal", detail="killed by SIGSEGV", log_tail="a\nSegmentation fault\n"),
    reason="killed by SIGSEGV",
)


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine whose probes answer what the test says."""
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path))
    monkeypatch.setattr("runners.environment.this_environment", lambda _python=None: HERE)

    def answers(*results):
        def ask_all(asked, _environment, *, python, on_start):
            for question in asked[:1]:
                on_start(question)
            yield from results

        monkeypatch.setattr("runners.batch.ask_all", ask_all)

    return answers


@pytest.mark.parametrize(
    ("results", "code", "words"),
    [
        ([PASSED], ExitCode.OK, "1 ok"),
        ([PASSED, KNOWN], ExitCode.OK, "1 fail as known"),
        ([STALE], ExitCode.FINDINGS, "1 do not fail as they are known to"),
        ([PASSED, STALE], ExitCode.FINDINGS, "the known failure numpy-bfloat16 did not happen"),
        ([KNOWN, STALE], ExitCode.FINDINGS, "nothing here, this is good news"),
        ([PASSED, NEW], ExitCode.FINDINGS, "nobody knew"),
        ([HALF_KNOWN], ExitCode.FINDINGS, "nobody knew"),
        ([PASSED, CRASHED], ExitCode.FINDINGS, "last words of the worker: Segmentation fault"),
        ([PASSED, SKIPPED], ExitCode.OK, "no torch"),
        ([SKIPPED], ExitCode.NOTHING_CHECKED, "1 could not be answered"),
    ],
)
def test_the_end_says_what_the_results_come_to(machine, capsys, results, code, words):
    machine(*results)
    assert main(["probe", "--device", "cpu"]) == code
    written = capsys.readouterr().out
    assert words in written
    assert "not here: cuda: torch is a build without CUDA" in written


def test_every_result_and_the_environment_are_kept_as_evidence(machine):
    machine(PASSED, KNOWN)
    main(["probe", "--device", "cpu"])
    with Store.open() as store:
        assert store.results() == (PASSED, KNOWN)
        assert HERE.fingerprint in store.environments()


def test_the_machine_format_is_one_document(machine, capsys):
    machine(PASSED, KNOWN, CRASHED)
    assert main(["probe", "--device", "cpu", "--format", "json"]) == ExitCode.FINDINGS
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["command"]) == ("framegate/1", "probe")
    told = {item["subject"]: item for item in document["results"]}
    assert told["bf16-to-numpy@cpu"]["verdict"] == "fail"
    assert told["bf16-to-numpy@cpu"]["measures"]["meaning"] == "known"
    assert told["bf16-to-numpy@cpu"]["findings"][0]["message"] == BFLOAT


def test_an_absent_device_is_skipped_with_its_reason_and_never_a_pass(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path))
    monkeypatch.setattr("runners.environment.this_environment", lambda _python=None: HERE)
    assert main(["probe", "--device", "cuda", "--format", "json"]) == ExitCode.NOTHING_CHECKED
    results = json.loads(capsys.readouterr().out)["results"]
    assert len(results) > 5
    assert {item["verdict"] for item in results} == {"skip"}
    assert {item["measures"]["reason"] for item in results} == {NO_CUDA.unavailable}


def test_a_device_that_is_not_there_is_told_once_and_not_per_probe(monkeypatch, capsys):
    monkeypatch.setattr("runners.environment.this_environment", lambda _python=None: HERE)
    assert main(["probe", "--device", "cuda"]) == ExitCode.NOTHING_CHECKED
    written = capsys.readouterr().out
    assert written.count(NO_CUDA.unavailable) == 1
    assert len(written.splitlines()) == 3


def test_probes_that_are_not_for_the_device_leave_nothing_checked(machine, capsys):
    machine()
    arguments = ["probe", "--device", "cpu", "--only", "mlx-arithmetic"]
    assert main(arguments) == ExitCode.NOTHING_CHECKED
    assert "none of the chosen ones is for cpu" in capsys.readouterr().err


def test_another_interpreter_is_asked_instead_of_this_one(monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path))
    asked = []
    monkeypatch.setattr(
        "runners.environment.this_environment", lambda python=None: asked.append(python) or HERE
    )

    def ask_all(_asked, _environment, *, python, on_start):
        asked.append(python)
        yield PASSED

    monkeypatch.setattr("runners.batch.ask_all", ask_all)
    assert main(["probe", "--device", "cpu", "--python", sys.executable]) == ExitCode.OK
    assert asked == [Path(sys.executable)] * 2


def test_a_comfyui_goes_with_the_cells_and_brings_its_interpreter(monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path))
    monkeypatch.setattr("runners.environment.this_environment", lambda _python=None: HERE)
    folder = tmp_path / "ComfyUI"
    own = folder / "venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text("")
    (folder / "main.py").write_text("")
    asked = []

    def questions(_probes, _devices, material):
        asked.append(material)
        return ("a question",)

    def ask_all(_asked, _environment, *, python, on_start):
        asked.append(python)
        yield PASSED

    monkeypatch.setattr("runners.batch.questions", questions)
    monkeypatch.setattr("runners.batch.ask_all", ask_all)
    assert main(["probe", "--comfyui", str(folder)]) == ExitCode.OK
    assert asked == [{"comfyui": str(folder)}, own]


def test_a_folder_without_comfyui_is_wrong_usage(machine, tmp_path, capsys):
    machine()
    assert main(["probe", "--comfyui", str(tmp_path)]) == ExitCode.USAGE
    assert "is no ComfyUI folder" in capsys.readouterr().err


def test_an_interpreter_that_is_not_there_is_wrong_usage(machine, capsys):
    machine()
    assert main(["probe", "--python", "no/such/python"]) == ExitCode.USAGE
    assert "is not a file" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="every file may be started there")
def test_an_interpreter_that_is_no_program_is_wrong_usage(machine, capsys, tmp_path):
    machine()
    (tmp_path / "python").touch()
    assert main(["probe", "--python", str(tmp_path / "python")]) == ExitCode.USAGE
    assert "is not a program" in capsys.readouterr().err


def test_an_unknown_probe_is_wrong_usage_with_a_suggestion(machine, capsys):
    machine()
    assert main(["probe", "--only", "float46"]) == ExitCode.USAGE
    assert "did you mean float64?" in capsys.readouterr().err


def test_the_list_asks_nothing(capsys):
    assert main(["probe", "--list"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(ALL)
    assert all(ALL[line.split()[0]].title in line for line in lines)


def test_probes_about_a_file_are_listed_as_such_and_left_out_of_a_round(capsys):
    main(["probe", "--list"])
    (line,) = (x for x in capsys.readouterr().out.splitlines() if x.startswith("diffusers-knows"))
    assert "framegate identify --second-opinion FILE" in line
    assert not any(probe.needs.subject for probe in subject.chosen(ALL, None, level=Level.STANDARD))


def test_a_probe_about_a_file_that_is_asked_for_by_name_is_skipped_with_the_reason(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path))
    monkeypatch.setattr("runners.environment.this_environment", lambda _python=None: HERE)
    arguments = ["probe", "--device", "cpu", "--only", "comfyui-knows-file"]
    assert main(arguments) == ExitCode.NOTHING_CHECKED
    assert "asks about a model file" in capsys.readouterr().out


def test_the_list_has_a_machine_format(capsys):
    main(["probe", "--list", "--format", "json", "--only", "float64"])
    (item,) = json.loads(capsys.readouterr().out)["results"]
    assert (item["subject"], item["measures"]["devices"]) == ("float64", ["cpu", "cuda", "mps"])


def test_a_quick_round_leaves_out_what_may_take_long_unless_it_is_named():
    names = [probe.id for probe in subject.chosen(ALL, None, level=Level.QUICK)]
    assert "float64" in names
    assert "animatediff-frame-limit" not in names
    assert not any("diffusers" in ALL[name].needs.modules for name in names)
    assert len(names) >= 30
    named = subject.chosen(ALL, ["animatediff-frame-limit"] * 2, level=Level.QUICK)
    assert [probe.id for probe in named] == ["animatediff-frame-limit"]


@pytest.mark.parametrize(
    ("wanted", "kinds"), [("auto", ["cpu"]), ("cpu", ["cpu"]), ("cuda", ["cuda"]), ("mps", [])]
)
def test_the_wanted_devices_are_asked_once_each(wanted, kinds):
    assert [device.kind for device in subject.devices_of(HERE, wanted)] == kinds


def test_cuda_means_the_first_rocm_card_too():
    cards = (Device(kind="rocm"), SECOND_CARD)
    rocm = Environment(
        os="", machine="", python="", packages={}, devices=(CPU, *cards), fingerprint=""
    )
    assert subject.devices_of(rocm, "cuda") == [cards[0]]


@pytest.mark.parametrize(
    ("verdict", "code"),
    [(Verdict.KNOWN, ExitCode.NOTHING_CHECKED), (Verdict.UNDECIDED, ExitCode.FINDINGS)],
)
def test_a_crash_needs_attention_unless_it_is_known(verdict, code):
    found = subject.exit_code([(CRASHED, verdict)])
    assert found == (ExitCode.OK if verdict is Verdict.KNOWN else code)


def test_another_command_can_ask_and_record(machine):
    machine(PASSED, KNOWN, KNOWN)
    doing = []
    with Store.open() as store:
        counts = subject.ask_and_record(HERE, "cpu", store, doing.append)
        assert store.results() == (PASSED, KNOWN, KNOWN)
    assert counts == {"ok": 1, "fail as known": 2}
    assert doing == ["attention-packages on cpu"]
