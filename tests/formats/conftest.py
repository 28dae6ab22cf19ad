"""Builders of safetensors and gguf files, right ones and broken ones, byte by byte."""

import json
import math
import random
import struct
from pathlib import Path

import pytest

BYTES = {"F32": 4, "BF16": 2, "F16": 2, "F64": 8, "F8_E4M3": 1, "F8_E5M2": 1, "U8": 1, "I64": 8}


def weights(dtype, count, seed=0):
    """Bytes of ordinary weights: small numbers of both signs, whatever the float type."""
    data = bytearray(random.Random(seed).randbytes(count * BYTES[dtype]))
    if dtype != "U8":
        tops = data[BYTES[dtype] - 1 :: BYTES[dtype]]
        data[BYTES[dtype] - 1 :: BYTES[dtype]] = bytes(0x34 + top % 4 + (top & 128) for top in tops)
    return bytes(data)


def safetensors_bytes(tensors, metadata=None):
    """Tensors as {name: (dtype, shape)} or {name: (dtype, shape, data)}, laid out without holes."""
    header, data = {}, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, (dtype, shape, *given) in tensors.items():
        block = given[0] if given else weights(dtype, math.prod(shape), seed=len(data))
        header[name] = {
            "dtype": dtype,
            "shape": list(shape),
            "data_offsets": [len(data), len(data) + len(block)],
        }
        data += block
    return raw_safetensors(header, data)


def raw_safetensors(header, data=b""):
    """A header, as an object or as ready bytes, before ``data``."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def gguf_text(text):
    raw = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(raw)) + raw


def gguf_entry(name, dims, kind=0, offset=0):
    sides = struct.pack(f"<{len(dims)}Q", *dims)
    return gguf_text(name) + struct.pack("<I", len(dims)) + sides + struct.pack("<IQ", kind, offset)


def gguf_pair(key, kind, raw):
    return gguf_text(key) + struct.pack("<I", kind) + raw


ARCHITECTURE = gguf_pair("general.architecture", 8, gguf_text("ltxv"))


def gguf_bytes(
    entries, data_bytes, *, pairs=(ARCHITECTURE,), version=3, counts=None, fill=0x11, align=32
):
    """A gguf file of raw entries and pairs; ``counts`` overrides (tensors, pairs)."""
    tensors, keys = counts or (len(entries), len(pairs))
    head = b"GGUF" + struct.pack("<IQQ", version, tensors, keys) + b"".join(pairs)
    head += b"".join(entries)
    head += b"\0" * (-len(head) % align)
    return head + bytes([fill]) * data_bytes


@pytest.fixture
def put(tmp_path):
    """Write bytes under a name in a fresh folder and return the path."""

    def write(name, data):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
        return path

    return write


@pytest.fixture
def build():
    """The builders of this file, as attributes."""

    class Builders:
        safetensors = staticmethod(safetensors_bytes)
        raw = staticmethod(raw_safetensors)
        gguf = staticmethod(gguf_bytes)
        entry = staticmethod(gguf_entry)
        pair = staticmethod(gguf_pair)
        text = staticmethod(gguf_text)
        weights = staticmethod(weights)

    return Builders


@pytest.fixture
def folder(tmp_path):
    """A small, right diffusers folder in LTX's shape; tests break it."""
    root = tmp_path / "model"
    index = {
        "_class_name": "LTXPipeline",
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "T5EncoderModel"],
        "tokenizer": ["transformers", "T5Tokenizer"],
        "transformer": ["diffusers", "LTXVideoTransformer3DModel"],
        "vae": ["diffusers", "AutoencoderKLLTXVideo"],
    }
    files = {
        "model_index.json": index,
        "scheduler/scheduler_config.json": {"_class_name": "FlowMatchEulerDiscreteScheduler"},
        "text_encoder/config.json": {"d_model": 8},
        "tokenizer/tokenizer.json": {},
        "transformer/config.json": {"num_layers": 2},
        "vae/config.json": {"latent_channels": 8},
    }
    for name, value in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), "utf-8")
    weights = safetensors_bytes({"a.weight": ("BF16", (64, 64)), "b.weight": ("BF16", (64, 64))})
    for name in (
        "text_encoder/model.safetensors",
        "transformer/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ):
        (root / name).write_bytes(weights)
    return Path(root)
