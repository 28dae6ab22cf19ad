"""How long ``framegate --help`` takes, beside the bare interpreter in the same run."""

import subprocess
import sys

import pytest

COMMANDS = {
    "bare-python": ["-c", "pass"],
    "framegate-help": ["-m", "compat.cli.main", "--help"],
    "framegate-verify-help": ["-m", "compat.cli.main", "verify", "--help"],
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.benchmark(group="startup")
def test_startup(benchmark, name):
    command = [sys.executable, *COMMANDS[name]]
    benchmark.pedantic(
        subprocess.run, (command,), {"capture_output": True, "check": True}, rounds=10,
        warmup_rounds=1,
    )  # fmt: skip
