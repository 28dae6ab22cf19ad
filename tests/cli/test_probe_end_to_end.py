"""Probes that crash, hang, leak or are killed, asked through the command and a real worker."""

import functools
import itertools
import json
import sys
from pathlib import Path

import pytest

from compat.cli.main import main
from compat.core import system
from compat.core.collect import collect
from compat.core.errors import ExitCode
from compat.core.model import Device, Environment, Outcome
from compat.store.store import Store
from runners import batch
from runners.process import Worker

STUBS = Path(__file__).parents[1] / "runners"
HERE = Environment(
    os="x", machine="x", python="3", packages={}, devices=(Device(kind="cpu"),), fingerprint="here"
)


@pytest.fixture(autouse=True)
def stubs(monkeypatch):
    """The command asks the stubs instead of the real probes; all else is real."""
    monkeypatch.syspath_prepend(STUBS)

    def start(log):
        return Worker("probing", log=log, environment={"PYTHONPATH": str(STUBS)})

    asking = functools.partial(batch.ask_all, package="probe_stub", start=start)

    def ask_all(asked, environment, *, python, on_start):
        assert python is None
        return asking(asked, environment, on_start=on_start)

    monkeypatch.setattr("compat.core.collect.collect", lambda _, kind: collect("probe_stub", kind))
    monkeypatch.setattr("runners.batch.ask_all", ask_all)
    monkeypatch.setattr("runners.environment.this_environment", lambda _python=None: HERE)


def ask(capsys, *names):
    only = itertools.chain.from_iterable(("--only", name) for name in names)
    code = main(["probe", "--device", "cpu", "--format", "json", *only])
    results = json.loads(capsys.readouterr().out)["results"]
    return code, {item["measures"]["probe"]: item for item in results}


@pytest.mark.parametrize(
    ("name", "kind"), [("crashes", "signal"), ("hangs", "timeout"), ("exits", "exit")]
)
def test_a_probe_that_takes_its_worker_along_is_a_result_and_the_next_are_asked(capsys, name, kind):
    code, told = ask(capsys, name, "says-nothing")
    assert code == ExitCode.FINDINGS
    assert told[name]["verdict"] == "error"
    assert told[name]["measures"]["crash"] == kind
    assert told[name]["measures"]["reason"]
    assert [finding["message"].split()[0] for finding in told[name]["findings"]] == ["seen"]
    assert told["says-nothing"]["verdict"] == "pass"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what it killed")
def test_a_kill_while_memory_ran_out_is_told_as_such(capsys, monkeypatch):
    kills = itertools.count()
    monkeypatch.setattr(system, "oom_kills", lambda: next(kills))
    code, told = ask(capsys, "is-killed", "says-nothing")
    assert code == ExitCode.FINDINGS
    assert told["is-killed"]["measures"]["crash"] == "oom"
    assert "out of memory" in told["is-killed"]["measures"]["reason"]
    assert told["says-nothing"]["verdict"] == "pass"


def test_what_a_probe_leaves_behind_is_told_and_costs_only_its_worker(capsys):
    code, told = ask(capsys, "tells-its-process", "changes-things", "says-nothing")
    assert code == ExitCode.OK
    assert "PYTORCH_LEAK" in told["changes-things"]["measures"]["reason"]
    assert told["says-nothing"]["verdict"] == "pass"


def test_all_of_it_is_kept_as_evidence_and_shown_to_a_person(capsys):
    assert main(["probe", "--device", "cpu", "--only", "crashes", "--only", "raises"]) == 1
    written = capsys.readouterr().out
    assert "last words of the worker" in written
    assert "ZeroDivisionError" in written
    assert "2 questions in " in written
    with Store.open() as store:
        kept = {result.probe: result for result in store.results("here")}
    assert kept["crashes"].crash.kind == "signal"
    assert kept["raises"].outcome is Outcome.ERROR


def test_nothing_that_could_be_answered_is_no_pass(capsys):
    code, told = ask(capsys, "needs-a-module", "needs-memory")
    assert code == ExitCode.NOTHING_CHECKED
    assert {item["verdict"] for item in told.values()} == {"skip"}
    assert all(item["measures"]["seconds"] < 1 for item in told.values())
