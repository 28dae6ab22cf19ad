"""Headers of published models: tools/header_fixtures/README.md says how they are made."""

import json
import math
from pathlib import Path

import pytest

from compat.formats.dtypes import SAFETENSORS_BITS
from compat.formats.model import Header, TensorInfo
from tools.header_fixtures.fixture import read_fixtures

HEADERS = read_fixtures()
"""Every fixture of tests/identify/headers by name."""


def header_of_entries(tensors, *, metadata=None, prefix="", path="x.safetensors", kind=""):
    """A Header of ``{name: (dtype, shape)}``, laid out without holes as a writer would."""
    found, at = {}, 1000
    for name, (dtype, shape) in tensors.items():
        size = math.prod(shape) * SAFETENSORS_BITS.get(dtype, 8) // 8
        found[prefix + name] = TensorInfo(prefix + name, dtype, tuple(shape), at, at + size)
        at += size
    return Header(
        path=Path(path),
        format=kind or "safetensors",
        tensors=found,
        metadata=metadata or {},
        data_start=1000,
        file_size=at,
    )


def header_of(shapes, metadata=None, prefix=""):
    tensors = {
        prefix + name: TensorInfo(prefix + name, "BF16", shape, 0, 0)
        for name, shape in shapes.items()
    }
    return Header(
        path=Path("x.safetensors"),
        format="safetensors",
        tensors=tensors,
        metadata=metadata or {},
        data_start=0,
        file_size=0,
    )


@pytest.fixture
def make_header():
    return header_of


LTX_2B = {
    "_class_name": "LTXVideoTransformer3DModel",
    "num_attention_heads": 32,
    "attention_head_dim": 64,
    "num_layers": 28,
    "in_channels": 128,
    "out_channels": 128,
    "caption_channels": 4096,
}


@pytest.fixture
def diffusers_folder(tmp_path):
    """Write a diffusers folder of configs only; keywords replace a component's config."""

    def build(pipeline="LTXPipeline", kinds=None, **configs):
        kinds = kinds or {
            "transformer": "LTXVideoTransformer3DModel",
            "vae": "AutoencoderKLLTXVideo",
            "scheduler": "FlowMatchEulerDiscreteScheduler",
            "text_encoder": "T5EncoderModel",
            "tokenizer": "T5Tokenizer",
        }
        written = {"transformer": LTX_2B, "vae": {"latent_channels": 128},
                   "text_encoder": {"d_model": 4096}, **configs}  # fmt: skip
        index = {"_class_name": pipeline}
        for name, kind in kinds.items():
            index[name] = ["diffusers", kind] if kind else [None, None]
            if kind:
                (tmp_path / name).mkdir(exist_ok=True)
                path = tmp_path / name / "config.json"
                path.write_text(json.dumps(written.get(name, {})), "utf-8")
        (tmp_path / "model_index.json").write_text(json.dumps(index), "utf-8")
        return tmp_path

    return build
