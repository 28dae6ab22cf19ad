"""The engine leaves no folder behind when it is closed."""

from pathlib import Path
from typing import ClassVar

import pytest

from runners import engine as subject
from runners.engine import Engine
from runners.engines.messages import OpenRequest

REQUEST = OpenRequest(folder="x", device="cpu", dtype="float32")
OPENED = {
    "pipeline": "P", "components": {}, "parameter_bytes": 1, "seconds": 0.1, "memory_bytes": 1
}  # fmt: skip


class FakeWorker:
    """Answers ``open`` and remembers where it was told to log."""

    alive, pid = True, 1
    logs: ClassVar[list[Path]] = []

    def __init__(self, _role, *, log, python):
        log.write_bytes(b"said")
        self.logs.append(log)

    def call(self, _operation, _arguments, **_options):
        return OPENED

    def close(self):
        self.alive = False


@pytest.fixture
def logs(monkeypatch):
    monkeypatch.setattr(subject, "Worker", FakeWorker)
    monkeypatch.setattr(FakeWorker, "logs", [])
    return FakeWorker.logs


def test_its_own_log_goes_with_it(logs):
    with Engine(REQUEST) as engine:
        engine.open()
        assert logs[0].is_file()
    assert not logs[0].parent.exists()


def test_a_log_that_was_asked_for_stays(logs, tmp_path):
    with Engine(REQUEST, log=tmp_path / "log") as engine:
        engine.open()
    assert logs == [tmp_path / "log"]
    assert logs[0].is_file()


def test_a_warm_engine_is_opened_once(logs):
    with Engine(REQUEST) as engine:
        engine.open()
        engine.open()
    assert len(logs) == 1


def test_an_engine_opens_again_after_it_was_closed(logs):
    with Engine(REQUEST) as engine:
        engine.open()
        engine.close()
        engine.open()
    assert [log.parent.exists() for log in logs] == [False, False]
