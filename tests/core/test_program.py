"""A small program is asked within limits, and only one that PATH names absolutely."""

import sys

import pytest

from compat.core import program as subject


def python(code):
    return [sys.executable, "-c", code]


def test_what_it_writes_is_returned_and_nothing_waits_for_input():
    said = subject.ask(python("import sys; print(sys.stdin.read() + 'well')"))
    assert (said.text.strip(), said.failure) == ("well", "")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python("import sys; print('no driver', file=sys.stderr); sys.exit(9)"), "9: no driver"),
        (python("import time; time.sleep(60)"), "gave no answer within 0.5 s"),
        (["/no/such/program"], "cannot be run"),
    ],
)
def test_why_it_cannot_be_trusted_is_one_sentence(command, words):
    assert words in subject.ask(command, seconds=0.5 if "sleep" in command[-1] else 30).failure


@pytest.mark.skipif(sys.platform == "win32", reason="names there end in .exe")
def test_only_absolute_entries_of_path_are_looked_in(tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    (tmp_path / "ffmpeg").mkdir()
    monkeypatch.chdir(tmp_path)
    assert subject.on_path("nvidia-smi", {"PATH": f".::{tmp_path}"}) == tool
    assert subject.on_path("nvidia-smi", {"PATH": ".:"}) is None
    assert subject.on_path("ffmpeg", {"PATH": str(tmp_path)}) is None
    assert subject.on_path("nvidia-smi", {}) is None
