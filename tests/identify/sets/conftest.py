"""Writes small model files that are known by their shapes; their data is sparse."""

import json
import struct

import pytest

SIZES = {"BF16": 2, "F32": 4, "F8_E4M3": 1}


def blocks(stem, count, tail, shape):
    return {f"{stem}.{number}.{tail}": shape for number in range(count)}


def wan(width, layers, channels, ffn):
    return {
        "head.modulation": (1, 2, width),
        "patch_embedding.weight": (width, channels, 1, 2, 2),
        "text_embedding.0.weight": (width, 4096),
        **blocks("blocks", layers, "self_attn.norm_q.weight", (width,)),
        **blocks("blocks", layers, "ffn.0.weight", (ffn, width)),
    }


KNOWN = {
    "ltx-video-13b": {
        "patchify_proj.weight": (4096, 128),
        "adaln_single.linear.weight": (24576, 4096),
        "caption_projection.linear_1.weight": (4096, 4096),
        **blocks("transformer_blocks", 48, "scale_shift_table", (6, 4096)),
    },
    "wan-2-2-i2v-a14b": wan(5120, 40, 36, 13824),
    "t5-xxl": {
        "shared.weight": (32128, 4096),
        **blocks("encoder.block", 1, "layer.0.SelfAttention.relative_attention_bias.weight",
                 (32, 64)),
        **blocks("encoder.block", 24, "layer.1.DenseReluDense.wi_1.weight", (10240, 4096)),
    },
    "nothing": {"a": (8, 8)},
}  # fmt: skip


def write(path, shapes, *, dtype="BF16", metadata=None, mark=b""):
    table, end = {}, 0
    if metadata:
        table["__metadata__"] = metadata
    for name, shape in shapes.items():
        size = SIZES[dtype]
        for side in shape:
            size *= side
        table[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(table).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        handle.write(struct.pack("<Q", len(text)) + text + mark)
        handle.truncate(8 + len(text) + end)
    return path


@pytest.fixture
def put(tmp_path):
    """Write the model called ``identifier`` (or shapes of one's own) under a name."""

    def build(name, identifier="nothing", **more):
        shapes = KNOWN[identifier] if isinstance(identifier, str) else identifier
        return write(tmp_path / name, shapes, **more)

    return build


@pytest.fixture
def document(tmp_path):
    """Write a JSON document under a name."""

    def build(name, value):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), "utf-8")
        return path

    return build
