"""The worker's side of a probe needs nothing that is not in Python itself."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from compat.core.codec import to_data
from compat.core.collect import collect
from compat.core.model import Probe, Target
from runners.checkup import ask_interpreter
from runners.process import Worker

PROBES = collect("probes", Probe)


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """An interpreter without a single package."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=sys.platform != "win32")
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    said = subprocess.run(
        [python, "-c", "import numpy"], capture_output=True, text=True, check=False
    )
    assert "ModuleNotFoundError" in said.stderr
    return python


def test_it_tells_its_environment_and_what_it_lacks(bare):
    asked = ask_interpreter(bare)
    assert asked.problem == asked.torch_problem == ""
    assert asked.torch is None
    assert asked.environment.packages == {}
    assert Path(asked.prefix) == bare.parent.parent
    reasons = {device.kind: device.unavailable for device in asked.environment.devices}
    assert reasons["cuda"] == reasons["mps"] == "torch is not installed"
    assert asked.codecs.problem == "av is not installed"


def test_every_probe_can_be_read_there_and_says_what_it_lacks(bare, tmp_path):
    with Worker("probing", log=tmp_path / "log", python=bare) as worker:
        for probe in PROBES.values():
            if probe.needs.modules:
                ready = worker.call("prepare", {"modules": probe.needs.modules}, seconds=60)
                assert "is not installed" in ready["missing"], probe.id
        request = {
            "package": "probes",
            "probe": "bf16-to-numpy",
            "target": to_data(Target()),
            "scratch": str(tmp_path),
            "material": {},
        }
        reply = worker.call("probe", request, seconds=60)
    assert reply["outcome"] == "error"
    assert "No module named 'torch'" in reply["reason"]
