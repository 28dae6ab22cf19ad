"""The environment is asked of a worker, so the parent never imports a framework."""

import subprocess
import sys

import pytest

from compat.core.errors import ExitCode, NothingCheckedError, UsageError
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


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_a_program_that_is_no_python_leaves_nothing_checked_with_its_own_words(tmp_path):
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\necho probing: no such file >&2\nexit 2\n")
    tool.chmod(0o755)
    with pytest.raises(NothingCheckedError, match="exit code 2: probing: no such file") as caught:
        subject.this_environment(tool)
    assert "3.11 or later" in caught.value.remedy


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_a_file_that_cannot_be_started_is_wrong_usage(tmp_path):
    tool = tmp_path / "tool"
    tool.write_text("nothing")
    tool.chmod(0o755)
    with pytest.raises(UsageError, match="cannot be started: exec format error"):
        subject.this_environment(tool)
