"""The moving line is for a person at a terminal and takes nothing from the answer on stdout."""

import io
import sys

from compat.cli.live import Live


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_answer_goes_to_stdout_although_a_line_moves_on_stderr(capsys, monkeypatch):
    # Here and not in a fixture: capture puts its own stream back when the test begins.
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    with Live() as live:
        live.doing("working")
        live.say("one line that stays")
        live.rest()
        sys.stdout.write("the answer\n")
        live.doing("what comes after the answer")
    assert capsys.readouterr().out == "the answer\n"
    assert "one line that stays" in terminal.getvalue()
    assert "the answer" not in terminal.getvalue()


def test_nothing_moves_where_nobody_watches(capsys):
    with Live() as live:
        live.doing("working")
        live.say("one line that stays")
    seen = capsys.readouterr()
    assert (seen.out, seen.err) == ("", "one line that stays\n")
