"""One interpreter is asked, in a worker; one that cannot be asked is read from its files."""

import os
import sys
from pathlib import Path

import pytest

from runners import checkup as subject


def shadowed(tmp_path, monkeypatch, torch):
    """An interpreter whose torch is the given text."""
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text(torch)
    (tmp_path / "torch" / "version.py").write_text("__version__ = '9.9'\ncuda = '12.8'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_this_interpreter_says_what_it_has():
    asked = subject.ask_interpreter(None)
    assert asked.problem == asked.torch_problem == ""
    assert Path(asked.prefix) == Path(sys.prefix)
    assert asked.torch.version == asked.environment.packages["torch"]
    assert {"libx264", "ffv1"} <= set(asked.codecs.encoders)
    assert {device.kind for device in asked.environment.devices} >= {"cpu", "cuda", "mps", "mlx"}


@pytest.mark.parametrize(
    "torch",
    [
        "raise ImportError('libcudart.so.12: cannot open shared object file')",
        "raise ValueError('numpy.dtype size changed, may indicate binary incompatibility')",
        "raise OSError('[WinError 126] The specified module could not be found')",
        "def half a file",
    ],
)
def test_a_torch_that_does_not_load_is_a_reason_and_not_the_end(tmp_path, monkeypatch, torch):
    shadowed(tmp_path, monkeypatch, torch)
    asked = subject.ask_interpreter(None)
    assert "torch is installed but cannot be imported" in asked.torch_problem
    assert (asked.torch.version, asked.torch.cuda, asked.problem) == ("9.9", "12.8", "")


def test_a_torch_whose_files_are_gone_is_told(monkeypatch):
    from runners.child import surroundings as child

    gone = (None, "torch is not installed")
    monkeypatch.setattr(child, "import_framework", lambda _name: gone)
    monkeypatch.setattr(child, "missing", lambda _name: gone[1])
    monkeypatch.setattr(child, "torch_build", lambda _site: None)
    assert "its files are gone" in child.surroundings({}, print)["torch_problem"]
    monkeypatch.setattr(child, "package_versions", dict)
    assert child.surroundings({}, print)["torch_problem"] == ""


def test_a_torch_that_kills_its_process_leaves_what_the_files_tell(tmp_path, monkeypatch):
    shadowed(tmp_path, monkeypatch, "import os; os.abort()")
    asked = subject.ask_interpreter(None)
    assert asked.problem
    assert asked.environment.devices == ()
    assert "torch" in asked.environment.packages


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_an_interpreter_that_is_none_is_told_and_read_from_its_files(tmp_path):
    site = tmp_path / "lib/python3.12/site-packages/torch-2.9.0.dist-info"
    site.mkdir(parents=True)
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\necho too old for this >&2\nexit 3\n")
    python.chmod(0o755)
    asked = subject.ask_interpreter(python)
    assert "exit code 3: too old for this" in asked.problem
    assert asked.environment.packages == {"torch": "2.9.0"}


def test_framegates_own_interpreter_is_shown_beside_another(tmp_path, monkeypatch):
    own = subject.ask_interpreter(None)
    monkeypatch.setattr(subject, "ask_interpreter", lambda _python: own)
    found = subject.check_up(
        python=Path(sys.executable), variables={}, home=tmp_path, folder=tmp_path, places={}
    )
    assert [(one.kind, Path(one.prefix)) for one in found.others] == [
        ("framegate", Path(sys.prefix))
    ]
    assert found.named


def test_the_whole_checkup_runs_no_other_interpreter(tmp_path, monkeypatch):
    place = tmp_path / ".virtualenvs" / "x" / "bin"
    place.mkdir(parents=True)
    ran = tmp_path / "ran"
    (place / "python").write_text(f"#!/bin/sh\ntouch {ran}\n")
    (place / "python").chmod(0o755)
    found = subject.check_up(
        python=None,
        variables={"PATH": os.defpath},
        home=tmp_path,
        folder=tmp_path,
        places={"here": tmp_path},
    )
    assert str(place / "python") in {one.executable for one in found.others}
    assert not ran.exists()
    assert found.memory.total_bytes > 0
    assert found.disks[0].free_bytes > 0
