"""What the facts say of mlx, gguf-py, safetensors and diffusers is what these do here."""

import importlib.metadata
import json
import struct

import pytest

from compat.backends.dtype_facts import Answer, takes
from compat.formats.dtypes import GGML_TYPES, SAFETENSORS_BITS

KINDS = sorted(name for name, _, _ in GGML_TYPES.values())


def entry(name, dims, kind, offset):
    raw = name.encode()
    sides = struct.pack(f"<I{len(dims)}Q", len(dims), *dims)
    return struct.pack("<Q", len(raw)) + raw + sides + struct.pack("<IQ", kind, offset)


@pytest.fixture
def gguf_file(tmp_path):
    """Write a gguf that holds one F32 tensor called norm and one of a given type called w."""

    def write(kind):
        number, block, size = next((k, b, s) for k, (n, b, s) in GGML_TYPES.items() if n == kind)
        side = max(block, 256)
        head = b"GGUF" + struct.pack("<IQQ", 3, 2, 0)
        head += entry("norm", (8,), 0, 0) + entry("w", (side, 2), number, 32)
        head += b"\0" * (-len(head) % 32)
        path = tmp_path / f"{kind}.gguf"
        path.write_bytes(head + b"\0" * (32 + 2 * side // block * size + 64))
        return path

    return write


def outcome(load, wanted="w"):
    """The answer that a loader gives: what it raises, leaves out, or hands over."""
    try:
        found = load()
    except Exception:  # noqa: BLE001 - each library raises its own
        return Answer.NO
    return Answer.YES if wanted in found else Answer.MISSING


@pytest.mark.parametrize("kind", KINDS)
def test_mlx_reads_ggml_types_as_recorded(gguf_file, kind):
    mx = pytest.importorskip("mlx.core")
    assert (
        outcome(lambda: mx.load(str(gguf_file(kind))))
        is takes(
            "mlx-gguf", kind, what="read", versions={"mlx": importlib.metadata.version("mlx")}
        ).answer
    )


@pytest.mark.parametrize("kind", KINDS)
def test_gguf_py_dequantises_as_recorded(gguf_file, kind):
    gguf = pytest.importorskip("gguf")

    def load():
        reader = gguf.GGUFReader(gguf_file(kind))
        return {t.name: gguf.dequantize(t.data, t.tensor_type) for t in reader.tensors}

    assert outcome(load) is takes("gguf-py", kind, what="read").answer


@pytest.mark.torch
@pytest.mark.parametrize("kind", KINDS)
def test_diffusers_reads_ggml_types_as_recorded(gguf_file, kind):
    loading = pytest.importorskip("diffusers.models.model_loading_utils")
    utilities = pytest.importorskip("diffusers.quantizers.gguf.utils")

    def load():
        found = loading.load_gguf_checkpoint(gguf_file(kind))
        return {name: utilities.dequantize_gguf_tensor(tensor) for name, tensor in found.items()}

    assert outcome(load) is takes("diffusers-gguf", kind, what="read").answer


@pytest.fixture
def safetensors_file(tmp_path):
    def write(word):
        count = 16 * SAFETENSORS_BITS[word] // 8
        table = {"w": {"dtype": word, "shape": [2, 8], "data_offsets": [0, count]}}
        text = json.dumps(table).encode()
        path = tmp_path / f"{word}.safetensors"
        path.write_bytes(struct.pack("<Q", len(text)) + text + b"\x01" * count)
        return path

    return write


@pytest.mark.parametrize("word", SAFETENSORS_BITS)
def test_mlx_reads_safetensors_words_as_recorded(safetensors_file, word):
    mx = pytest.importorskip("mlx.core")
    path = str(safetensors_file(word))
    found = outcome(lambda: mx.load(path))
    raw = word.startswith("F8") and found is Answer.YES
    if raw:
        assert mx.load(path)["w"].dtype == mx.uint8
    assert takes("mlx-safetensors", word, what="read").answer is (Answer.RAW if raw else found)


@pytest.mark.torch
@pytest.mark.parametrize("word", SAFETENSORS_BITS)
def test_safetensors_hands_torch_the_words_as_recorded(safetensors_file, word):
    load = pytest.importorskip("safetensors.torch").load_file
    path = safetensors_file(word)
    assert outcome(lambda: load(path)) is takes("safetensors-torch", word, what="read").answer
