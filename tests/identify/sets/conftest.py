"""Writes model files that are known by real headers; their data is left out, headers decide."""

import json
import struct
from pathlib import Path

import pytest

from tools.header_fixtures.compact import expand

HEADERS = Path(__file__).parents[1] / "headers"
SIZES = {"BF16": 2, "F16": 2, "F32": 4, "F8_E4M3": 1, "I64": 8}


def shapes_of(name):
    document = json.loads((HEADERS / f"{name}.json").read_text("utf-8"))
    return dict(expand(document["names"]))


def write(path, tensors, *, metadata=None, data=b""):
    """A safetensors file of {name: (dtype, shape)} whose data is only ``data``."""
    table, end = {}, 0
    if metadata:
        table["__metadata__"] = metadata
    for name, (dtype, shape) in tensors.items():
        size = SIZES[dtype]
        for side in shape:
            size *= side
        table[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(table).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


@pytest.fixture
def put(tmp_path):
    """Write the model called ``identifier`` (or tensors of one's own) under a name."""

    def build(name, identifier=None, **more):
        tensors = identifier if isinstance(identifier, dict) else {"a": ("F8_E4M3", (8, 8))}
        if isinstance(identifier, str):
            tensors = shapes_of(identifier)
        return write(tmp_path / name, tensors, **more)

    return build


@pytest.fixture
def real_shapes():
    return shapes_of


@pytest.fixture
def document(tmp_path):
    """Write a JSON document under a name."""

    def build(name, value):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), "utf-8")
        return path

    return build
