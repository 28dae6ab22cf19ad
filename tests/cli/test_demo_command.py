"""The demo refuses what cannot work before it writes or asks anything."""

import pytest

from compat.cli import main as main_module
from compat.core.errors import ExitCode


@pytest.mark.parametrize("seconds", ["-1", "0", "nan", "inf", "1e9"])
def test_an_impossible_length_is_wrong_usage(tmp_path, monkeypatch, capsys, seconds):
    monkeypatch.chdir(tmp_path)
    assert main_module.main(["demo", f"--seconds={seconds}"]) == ExitCode.USAGE
    assert "expected 1 to 3600" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_fault_names_the_known_ones(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main_module.main(["demo", "--break", "everything"]) == ExitCode.USAGE
    assert "truncated-file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_list_tells_faults_from_benign_changes(capsys):
    assert main_module.main(["demo", "--list"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert any("fault" in line and "nan-weight" in line for line in lines)
    assert any("benign" in line and "other-seed" in line for line in lines)
