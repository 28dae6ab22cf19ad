"""Every ``--help`` answers without torch, and the list of commands is what the modules declare."""

import subprocess
import sys

import pytest

from compat.cli.commands import SUMMARIES, command_named

SHOW = """
import sys
from compat.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert end.code == 0, end.code
heavy = {"torch", "diffusers", "transformers", "mlx", "numpy", "av"} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.parametrize("words", [["--help"], *([name, "--help"] for name in SUMMARIES)])
def test_help_imports_nothing_heavy(words):
    done = subprocess.run(
        [sys.executable, "-c", SHOW, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "usage: framegate" in done.stdout


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_command_says_of_itself_what_the_list_says(name):
    command = command_named(name)
    assert (command.name, command.summary) == (name, SUMMARIES[name])
