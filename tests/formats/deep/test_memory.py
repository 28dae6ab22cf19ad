"""Memory stays bounded whatever the tensor size: measured in a process of its own."""

import json
import subprocess
import sys

import pytest

GIB = 1 << 30

SCAN = """
import json, sys
from pathlib import Path
import numpy
from compat.core.system import own_peak_memory_bytes
from compat.formats.deep import deep_scan, value_findings
from compat.formats.model import Header, TensorInfo
path, size, dtype = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
tensor = TensorInfo("a.weight", dtype, (1 << 16, size >> 17), 4096, size)
header = Header(path=path, format="safetensors", tensors={"a.weight": tensor}, metadata={},
                data_start=4096, file_size=size)
before = own_peak_memory_bytes()
census = deep_scan(header, workers=2, sha256=sys.argv[4] == "sha256")
grown = own_peak_memory_bytes() - before
print(json.dumps([grown,
                  census.complete, [f.rule for f in value_findings(path, census)]]))
"""


@pytest.mark.parametrize(
    ("size", "fill", "rule", "hashing"),
    [
        (2 * GIB, b"", "weights-all-zero", "no"),
        (GIB // 2, b"\x01" * 64, "weights-all-zero", "no"),
        (GIB // 2, b"\xff" * 64, "weights-not-finite", "sha256"),
    ],
    ids=["all zero", "nearly zero", "NaN, hashed"],
)
def test_a_large_tensor_takes_a_few_buffers(tmp_path, size, fill, rule, hashing):
    path = tmp_path / "sparse.bin"
    with path.open("wb") as handle:
        handle.truncate(size)
        for spot in range(9 if fill else 0):
            handle.seek(spot * (size // 10) + 5000)
            handle.write(fill)
    if path.stat().st_blocks * 512 > size // 2:
        pytest.skip("this file system has no sparse files")
    command = [sys.executable, "-c", SCAN, str(path), str(size), "BF16", hashing]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    grown, complete, rules = json.loads(done.stdout)
    assert complete
    assert rule in rules
    assert grown < 100 << 20
