"""How long it takes to name a model of 4,000 tensors, beside safetensors listing its names.

``framegate-identify`` is the whole process, as a user starts it; ``bare-python`` its lower bound.
"""

import json
import struct
import subprocess
import sys

import pytest

from compat.identify.identify import identify
from tests.identify.conftest import HEADERS, header_of_entries


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A sparse file with the header of LTX-2.3: 4,186 tensors, 38 GB that take no disk."""
    fixture = HEADERS["ltx-2-3-22b"]
    header = header_of_entries(fixture.tensors, metadata=fixture.metadata)
    table = {"__metadata__": dict(fixture.metadata)}
    for name, tensor in header.tensors.items():
        offsets = [tensor.start - header.data_start, tensor.end - header.data_start]
        table[name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": offsets}
    text = json.dumps(table).encode()
    path = tmp_path_factory.mktemp("model") / "ltx-2.3.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + header.file_size - header.data_start)
    return path


@pytest.mark.benchmark(group="identify")
def test_identify(benchmark, model):
    assert benchmark(identify, model).id == "ltx-2-3-22b"


@pytest.mark.benchmark(group="identify")
def test_safetensors_lists_its_names(benchmark, model):
    safetensors = pytest.importorskip("safetensors")

    def names():
        with safetensors.safe_open(model, framework="np") as file:
            return list(file.keys())

    assert len(benchmark(names)) == 4186


@pytest.mark.parametrize("name", ["bare-python", "framegate-identify"])
@pytest.mark.benchmark(group="identify-process")
def test_identify_as_a_process(benchmark, model, name):
    arguments = ["-m", "compat.cli.main", "identify", str(model)]
    command = [sys.executable, *(["-c", "pass"] if name == "bare-python" else arguments)]
    benchmark.pedantic(
        subprocess.run, (command,), {"capture_output": True, "check": True}, rounds=10,
        warmup_rounds=1,
    )  # fmt: skip
