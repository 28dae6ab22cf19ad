"""The demo refuses what cannot work before it writes or asks anything."""

import pytest

from compat.cli import demo_command
from compat.cli import main as main_module
from compat.core.errors import ExitCode, UsageError
from compat.core.system import exclusive_lock
from runners.run_folder import RunFolder


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


def test_an_output_that_is_a_file_is_wrong_usage(tmp_path, capsys):
    (tmp_path / "file").write_bytes(b"")
    assert main_module.main(["demo", "--output", str(tmp_path / "file")]) == ExitCode.USAGE
    assert "name a folder" in capsys.readouterr().err


def test_a_demo_that_goes_on_in_another_process_is_left_alone(tmp_path):
    place = RunFolder.beside(tmp_path / "demo.mp4")
    place.prepare()
    with exclusive_lock(place.lock), pytest.raises(UsageError, match="renders to"):
        demo_command._start_afresh(tmp_path / "demo.mp4")
    assert place.latents(0).parent.exists()
    demo_command._start_afresh(tmp_path / "demo.mp4")
    assert not place.root.exists()


def test_the_list_tells_faults_from_benign_changes(capsys):
    assert main_module.main(["demo", "--list"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert any("fault" in line and "nan-weight" in line for line in lines)
    assert any("benign" in line and "other-seed" in line for line in lines)
