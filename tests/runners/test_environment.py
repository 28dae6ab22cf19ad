"""The environment is asked of a worker, so the parent never imports a framework."""

import subprocess
import sys

import pytest

from compat.core.errors import ExitCode, NothingCheckedError
from compat.core.model import Crash
from runners import environment as subject
from runners.process import WorkerDiedError


def test_the_parent_learns_its_devices_without_importing_torch():
    script = (
        "import sys; from runners.environment import this_environment; e = this_environment();"
        "print({d.kind for d in e.devices} >= {'cpu', 'mlx'}, len(e.fingerprint),"
        "[n for n in ('torch', 'mlx', 'numpy') if n in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split(maxsplit=2) == ["True", "64", "[]\n"]


def test_frameworks_that_kill_the_worker_leave_nothing_checked(monkeypatch):
    def die(_worker):
        raise WorkerDiedError(Crash(kind="signal", detail="killed by SIGILL", log_tail="Fatal"))

    monkeypatch.setattr(subject, "ask_environment", die)
    with pytest.raises(NothingCheckedError, match="SIGILL") as caught:
        subject.this_environment()
    assert caught.value.exit_code is ExitCode.NOTHING_CHECKED
    assert "Fatal" in caught.value.remedy
