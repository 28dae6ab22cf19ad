"""No header costs more than 200 MB, whatever it claims: measured in a process of its own."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

MOST_MIB = 200
ROOT = Path(__file__).parents[2]
CHILD = """
import sys
from pathlib import Path
from compat.core.system import own_peak_memory_bytes
from compat.formats.verify import verify
verify(Path("nothing.safetensors"))
before = own_peak_memory_bytes()
report = verify(Path(sys.argv[1])).reports[0]
grown = (own_peak_memory_bytes() - before) / (1 << 20)
print(grown, report.verdict, ",".join(finding.rule for finding in report.findings))
"""
HEADER = 100_000_000
ENTRY = b'"model.block.%d.weight":{"dtype":"U8","shape":[1],"data_offsets":[%d,%d]}'
VOCABULARY = struct.pack("<IIQ", 9, 8, 4_000_000)


def raw(text):
    return struct.pack("<Q", len(text)) + text


def table(count, entry=ENTRY):
    return b"{" + b",".join(entry % (n, n, n + 1) for n in range(count)) + b"}"


def gguf(tensors, pairs, body):
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, pairs) + body


def text(raw_text):
    return struct.pack("<Q", len(raw_text)) + raw_text


def tensor(number):
    return text(b"tensor.%d.weight" % number) + struct.pack("<IQIQ", 1, 8, 0, 32 * number)


HOSTILE = {
    "brackets": lambda: raw(b"[" * HEADER),
    "objects in objects": lambda: raw(b'{"a":' * (HEADER // 5)),
    "empty objects": lambda: raw(b"{" + b'"a":{},' * (HEADER // 7 - 1) + b'"b":1}'),
    "ten million keys": lambda: raw(b"{" + b'"123":0,' * 10_000_000 + b'"b":1}'),
    "one text": lambda: raw(b'{"__metadata__":{"a":"' + b"x" * (HEADER - 30) + b'"}}'),
    "one text of 31 MiB": lambda: raw(b'{"__metadata__":{"a":"' + b"x" * (31 << 20) + b'"}}'),
    "a name beyond ASCII": lambda: raw(b'{"' + "重".encode() * (10 << 20) + b'":{}}'),
    "as many entries as are read": lambda: raw(table(99_000)) + bytes(99_000),
    "the same, odd": lambda: raw(table(99_000, ENTRY.replace(b"model", b"m\\u006f"))) + bytes(9),
    "a vast number": lambda: raw(b'{"a":{"x":' + b"9" * (31 << 20) + b',"dtype":"U8"}}'),
    "gguf of millions of pairs": lambda: gguf(0, 3_000_000, text(b"k") + bytes(60_000_000)),
    "gguf of 4 million texts": lambda: gguf(0, 1, text(b"t") + VOCABULARY + text(b"w") * 4_000_000),
    "gguf of long keys": lambda: gguf(
        0, 4000, b"".join(text(b"%05d" % n + b"k" * 60_000) + bytes(5) for n in range(4000))
    ),
    "gguf of arrays in arrays": lambda: gguf(
        0, 1, text(b"t") + struct.pack("<IIQ", 9, 9, 3_000_000) + bytes(36_000_000)
    ),
    "gguf of as many tensors as are read": lambda: gguf(
        65_000, 0, b"".join(tensor(n) for n in range(65_000))
    ),
}


def uncounted():
    """The environment without coverage, whose own memory would count and which takes far longer."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COV")}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_header_stays_small_in_memory(tmp_path, case):
    path = tmp_path / ("x.gguf" if case.startswith("gguf") else "x.safetensors")
    path.write_bytes(HOSTILE[case]())
    said = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, check=True,
        cwd=ROOT, env=uncounted(),
    ).stdout.split()  # fmt: skip
    path.unlink()
    assert float(said[0]) < MOST_MIB
    assert said[1] in ("ok", "damaged", "unknown")
    assert said[1] != "ok" or "texts" in case or "entries" in case or "31 MiB" in case
