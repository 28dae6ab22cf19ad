"""The command turns every way to end into its documented exit code."""

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


def test_an_unknown_command_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as end:
        main_module.main(["rendr"])
    assert end.value.code == ExitCode.USAGE
    assert "unknown command 'rendr'" in capsys.readouterr().err


def test_no_command_shows_the_help_and_is_wrong_usage(capsys):
    assert main_module.main([]) == ExitCode.USAGE
    assert "commands:" in capsys.readouterr().out
