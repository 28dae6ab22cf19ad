"""The command turns every way to end into its documented exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from compat.cli import main as main_module
from compat.cli.command import Command
from compat.core.errors import ExitCode, GateShutError, NothingCheckedError, UsageError


def raising(error):
    def run(_arguments):
        raise error

    return Command(name="x", summary="x", add_arguments=lambda _parser: None, run=run)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("wrong"), ExitCode.USAGE),
        (GateShutError("shut"), ExitCode.GATE_SHUT),
        (NothingCheckedError("nothing"), ExitCode.NOTHING_CHECKED),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (ZeroDivisionError("oops"), ExitCode.BUG),
        (FileNotFoundError(2, "No such file"), ExitCode.BUG),
        (PermissionError(13, "Permission denied", "/x"), ExitCode.USAGE),
        (OSError(28, "No space left on device"), ExitCode.USAGE),
    ],
)
def test_an_error_becomes_its_exit_code(monkeypatch, capsys, error, code):
    monkeypatch.setattr(main_module, "command_named", lambda _name: raising(error))
    assert main_module.main(["x"]) == code
    assert capsys.readouterr().out == ""


def test_a_mendable_error_says_what_to_do(monkeypatch, capsys):
    error = UsageError("the plan is empty", "write a plan")
    monkeypatch.setattr(main_module, "command_named", lambda _name: raising(error))
    main_module.main(["x"])
    said = capsys.readouterr().err
    assert said == "framegate: the plan is empty\n  what to do: write a plan\n"


def test_what_the_system_refuses_is_said_in_one_sentence(monkeypatch, capsys):
    error = NotADirectoryError(20, "Not a directory", "/etc/passwd/x")
    monkeypatch.setattr(main_module, "command_named", lambda _name: raising(error))
    main_module.main(["x"])
    said = capsys.readouterr().err
    assert said == (
        "framegate: /etc/passwd/x cannot be used: not a directory\n"
        "  what to do: name a folder, not a file\n"
    )


CLOSED = """
import sys
from compat.cli.main import main
for name in sys.argv.pop(1).split("+"):
    setattr(sys, name, None)  # as Python does for cron and for >&-
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("closed", "words", "code"),
    [
        ("stdin", ["explain", "-"], ExitCode.NOTHING_CHECKED),
        ("stdin+stdout+stderr", ["explain", "-"], ExitCode.NOTHING_CHECKED),
        ("stderr", ["verify", "nope"], ExitCode.USAGE),
        ("stderr", ["rendr"], ExitCode.USAGE),
    ],
)
def test_closed_streams_are_nobody_and_not_a_bug(closed, words, code):
    command = [sys.executable, "-c", CLOSED, closed, *words]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ended.returncode, ended.stderr) == (code, "")
    assert ended.stdout == "" or closed == "stdin"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_stdout_is_one_sentence():
    with Path("/dev/full").open("w") as full:
        ended = run_framegate("explain", "nothing known", stdout=full)
    assert ended.returncode == ExitCode.USAGE
    assert ended.stderr.startswith("framegate: the output cannot be used: no space left")
    assert len(ended.stderr.splitlines()) == 2


def test_a_reader_that_went_away_changes_no_answer():
    reading, writing = os.pipe()
    os.close(reading)
    ended = run_framegate("explain", "nothing known", stdout=writing)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (ExitCode.NOTHING_CHECKED, "")


def run_framegate(*words, stdout):
    command = [sys.executable, "-m", "compat.cli.main", *words]
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    return subprocess.run(
        command,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=buffered,
        check=False,
    )


def test_an_unknown_command_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as end:
        main_module.main(["rendr"])
    assert end.value.code == ExitCode.USAGE
    assert "unknown command 'rendr'" in capsys.readouterr().err


def test_no_command_shows_the_help_and_is_wrong_usage(capsys):
    assert main_module.main([]) == ExitCode.USAGE
    assert "commands:" in capsys.readouterr().out
