"""Probes are asked one after the other, and a bad one costs only itself."""

from pathlib import Path

import pytest

from compat.core.collect import collect
from compat.core.model import Device, Environment, Outcome, Probe
from runners.batch import Question, ask_all, questions
from runners.process import Worker

STUB = {"PYTHONPATH": str(Path(__file__).parent)}
PACKAGE = "probe_stub"
CPU = Device(kind="cpu", name="processor")
NO_CUDA = Device(kind="cuda", unavailable="there is no card")
HERE = Environment(
    os="Linux", machine="x86_64", python="3.11", packages={}, devices=(CPU,), fingerprint="f"
)


@pytest.fixture
def probes(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return collect(PACKAGE, Probe)


def ask(probes, *names, device=CPU):
    asked = [Question(probe=probes[name], device=device) for name in names]

    def start(log):
        return Worker("probing", log=log, environment=STUB)

    return list(ask_all(asked, HERE, package=PACKAGE, start=start))


def test_a_probe_that_yields_nothing_passes(probes):
    (result,) = ask(probes, "says-nothing")
    assert (result.outcome, result.findings, result.reason) == (Outcome.PASS, (), "")
    assert (result.environment, result.target.device, result.target.backend) == (
        "f",
        "cpu",
        "python",
    )
    assert result.started_at.endswith("+00:00")
    assert result.seconds > 0


def test_a_finding_is_a_fail_and_its_measures_arrive(probes):
    (result,) = ask(probes, "says-something")
    assert result.outcome is Outcome.FAIL
    assert [finding.message for finding in result.findings] == ["the answer is wrong"]
    assert result.measures == {"error_eps": 3.5}


@pytest.mark.parametrize(
    ("name", "outcome", "reason", "findings"),
    [
        ("says-a-word-only", Outcome.PASS, "", ["by the way"]),
        ("skips", Outcome.SKIP, "there is nothing to ask", []),
        ("raises", Outcome.ERROR, "ZeroDivisionError: division by zero", ["seen before the end"]),
        ("needs-a-module", Outcome.SKIP, "no_such_module is not installed", []),
        ("needs-memory", Outcome.SKIP, "MiB are free", []),
    ],
)
def test_other_endings_are_told_apart(probes, name, outcome, reason, findings):
    (result,) = ask(probes, name)
    assert result.outcome is outcome
    assert reason in result.reason
    assert [finding.message for finding in result.findings] == findings
    assert result.crash is None


@pytest.mark.parametrize(
    ("name", "kind", "finding"),
    [
        ("crashes", "signal", "seen before the crash"),
        ("hangs", "timeout", "seen before the hang"),
        ("exits", "exit", "seen before the exit"),
    ],
)
def test_a_probe_that_kills_or_blocks_the_worker_costs_only_itself(probes, name, kind, finding):
    before, broken, after = ask(probes, "tells-its-process", name, "tells-its-process")
    assert before.outcome is after.outcome is Outcome.PASS
    assert broken.outcome is Outcome.ERROR
    assert broken.crash.kind == kind
    assert [f.message for f in broken.findings] == [finding]
    assert before.measures["pid"] != after.measures["pid"]


def test_the_worker_stays_warm_between_clean_probes(probes):
    first, _, second = ask(probes, "tells-its-process", "raises", "tells-its-process")
    assert first.measures["pid"] == second.measures["pid"]


def test_every_probe_gets_an_empty_scratch_folder_that_is_gone_afterwards(probes):
    results = ask(probes, "tells-its-process", "tells-its-process")
    assert [result.measures["scratch"][1] for result in results] == [[], []]
    assert not any(Path(result.measures["scratch"][0]).exists() for result in results)


def test_a_probe_that_changes_the_process_keeps_its_outcome_and_the_next_gets_a_fresh_one(probes):
    dirty, clean = ask(probes, "changes-things", "tells-its-process")
    assert dirty.outcome is Outcome.PASS
    for word in ("current folder", "sys.path", "PYTORCH_LEAK"):
        assert word in dirty.reason
    assert clean.measures["leak"] == ""


def test_a_device_that_is_not_there_is_skipped_with_its_reason_and_no_worker_starts(probes):
    def start(_log):
        raise AssertionError("a worker was started for nothing")

    asked = questions(probes.values(), [NO_CUDA])
    results = list(ask_all(asked, HERE, package=PACKAGE, start=start))
    assert {result.probe for result in results} == {"has-cells", "needs-cuda", "says-something"}
    assert {(result.outcome, result.reason) for result in results} == {
        (Outcome.SKIP, "there is no card")
    }


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("cpu", {"says-nothing", "says-something"}),
        ("cuda", {"needs-cuda", "says-something"}),
        ("rocm", {"needs-cuda", "says-something"}),
        ("mlx", set()),
    ],
)
def test_a_probe_is_asked_of_the_devices_it_is_for(probes, kind, asked):
    some = [probes[name] for name in ("says-nothing", "says-something", "needs-cuda")]
    assert {q.probe.id for q in questions(some, [Device(kind=kind)])} == asked


def test_a_batch_that_is_left_early_ends_its_worker(probes):
    started = []

    def start(log):
        started.append(Worker("probing", log=log, environment=STUB))
        return started[0]

    asked = [Question(probe=probes["tells-its-process"], device=CPU)] * 2
    running = ask_all(asked, HERE, package=PACKAGE, start=start)
    next(running)
    running.close()
    assert not started[0].alive


def ask_cells(probes, material=None):
    asked = questions([probes["has-cells"]], [CPU], material)

    def start(log):
        return Worker("probing", log=log, environment=STUB)

    return list(ask_all(asked, HERE, package=PACKAGE, start=start))


def test_a_probe_with_cells_is_asked_about_each_on_each_device(probes):
    asked = questions([probes["has-cells"]], [CPU, NO_CUDA])
    assert [(q.target.device, q.target.loader) for q in asked] == [
        (device, loader) for device in ("cpu", "cuda") for loader in ("folder", "gguf", "comfyui")
    ]


def test_the_probe_hears_which_cell_is_meant(probes):
    folder, _, comfyui = ask_cells(probes, {"comfyui": "/there"})
    assert folder.measures["asked"] == ["toy", "folder", "float32", ""]
    assert comfyui.measures["material"] == {"comfyui": "/there"}
    assert (comfyui.target.model, comfyui.target.loader) == ("toy", "comfyui")


def test_a_cell_that_cannot_be_run_here_is_skipped_with_its_reason(probes):
    folder, gguf, comfyui = ask_cells(probes)
    assert folder.outcome is Outcome.PASS
    assert gguf.outcome is comfyui.outcome is Outcome.SKIP
    assert "no_such_module" in gguf.reason
    assert comfyui.reason == "it asks about a ComfyUI folder, and none was named"
