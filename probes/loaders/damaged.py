"""Makes small checkpoints and breaks them in the ways downloads and disks do."""

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Session
from probes.answers import attempt, fault

# Two tensors of float32, 8x8 and 16, one after the other.
_LAYOUT: Mapping[str, Mapping[str, Any]] = {
    "first": {"dtype": "F32", "shape": [8, 8], "data_offsets": [0, 256]},
    "second": {"dtype": "F32", "shape": [16], "data_offsets": [256, 320]},
}
_DATA = struct.pack("<80f", *range(80))

# Field positions of a GGUF file of version 3: magic, version, tensor count, key count, then one key
# and the tensor table (docs/gguf.md in ggml).
_GGUF_VERSION, _GGUF_TENSORS, _GGUF_KEYS = 4, 8, 16


def safetensors_file() -> bytes:
    """A sound safetensors file."""
    return _safetensors(_LAYOUT)


def truncated_safetensors() -> Mapping[str, bytes]:
    """Files that end too early, by what is missing."""
    whole = safetensors_file()
    header = struct.unpack("<Q", whole[:8])[0]
    return {
        "an empty file": b"",
        "a file that ends after the header's length": whole[:8],
        "a file that ends in the header": whole[: 8 + header // 2],
        "a file without its data": whole[: 8 + header],
        "a file that lacks its last bytes": whole[:-20],
    }


def corrupted_safetensors() -> Mapping[str, bytes]:
    """Files of about the right length whose header is wrong, by how."""
    whole = safetensors_file()
    return {
        "a header length beyond the file": struct.pack("<Q", 1 << 40) + whole[8:],
        "a header of zeros": whole[:8] + bytes(len(whole) - 8),
        "a header that is no JSON": _safetensors(b"{" * 64),
        "an unknown dtype": _safetensors(_edited(dtype="F33")),
        "a shape larger than its data": _safetensors(_edited(shape=[9, 8])),
        "offsets that overlap": _safetensors(_edited(data_offsets=[64, 320])),
        "offsets beyond the file": _safetensors(_edited(data_offsets=[0, 1 << 40])),
        "bytes after the last tensor": whole + b"rest",
        "a web page": b"<!DOCTYPE html><html><body>Sign in</body></html>".ljust(400),
        "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\nsize 400\n",
    }


def truncated_gguf(whole: bytes) -> Mapping[str, bytes]:
    """Files that end too early, by what is missing; ``whole`` is from :func:`gguf_file`."""
    return {
        "an empty file": b"",
        "a file that ends in the header": whole[:40],
        "a file without its data": whole[: len(whole) - 320],
        "a file that lacks its last bytes": whole[:-20],
    }


def corrupted_gguf(whole: bytes) -> Mapping[str, bytes]:
    """Files of the right length whose header is wrong, by how; see :func:`truncated_gguf`."""
    entry = whole.index(b"first") + len(b"first")
    second = whole.index(b"second") + len(b"second")
    # An entry goes on with its number of dimensions (4 bytes), 8 for each, type (4), offset (8).
    kind, offset = entry + 4 + 2 * 8, entry + 4 + 2 * 8 + 4
    return {
        "a wrong magic": b"GGJT" + whole[4:],
        "an unknown version": _patched(whole, _GGUF_VERSION, "<I", 99),
        "a tensor count beyond the file": _patched(whole, _GGUF_TENSORS, "<Q", 1 << 40),
        "a key count beyond the file": _patched(whole, _GGUF_KEYS, "<Q", 1 << 40),
        "a dimension beyond the file": _patched(whole, entry + 4, "<Q", 1 << 40),
        "an unknown tensor type": _patched(whole, kind, "<I", 200),
        "an offset beyond the file": _patched(whole, offset, "<Q", 1 << 30),
        "an offset off the alignment": _patched(whole, offset, "<Q", 4),
        "offsets that overlap": _patched(whole, second + 4 + 8 + 4, "<Q", 0),
    }


def gguf_file(folder: Path) -> bytes:
    """A sound GGUF file with the same two tensors, written by gguf-py."""
    import gguf
    import numpy as np

    path = folder / "sound.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tensor("first", np.arange(64, dtype=np.float32).reshape(8, 8))
    writer.add_tensor("second", np.arange(16, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


def torch_file(folder: Path) -> bytes:
    """A sound checkpoint with the same two tensors, written by torch.save."""
    import torch

    path = folder / "sound.pt"
    torch.save({"first": torch.arange(64.0).reshape(8, 8), "second": torch.arange(16.0)}, path)
    return path.read_bytes()


def damaged_torch(whole: bytes) -> Mapping[str, bytes]:
    """Zip checkpoints that end too early or changed on the way; ``whole`` is from torch_file."""
    values = whole.index(struct.pack("<64f", *range(64)))
    return {
        "an empty file": b"",
        "the first half of a file": whole[: len(whole) // 2],
        "a file without its directory": whole[:-200],
        "a file that lacks its last bytes": whole[:-20],
        "a flipped bit in a tensor": _patched(whole, values + 8, "<f", 2.5),
        "a tensor of zeros under the old checksum": _patched(whole, values, "<256x"),
        "a web page": b"<!DOCTYPE html><html><body>Sign in</body></html>".ljust(400),
        "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\nsize 400\n",
    }


def opened_silently(
    session: Session, loader: str, load: Any, cases: Mapping[str, bytes], suffix: str
) -> Iterator[Finding]:
    """Yield a finding for each broken file that ``load`` opens without a word."""
    for number, (damage, content) in enumerate(cases.items()):
        path = Path(session.scratch) / f"damaged-{number}{suffix}"
        path.write_bytes(content)
        yield from opened_though_damaged(session, loader, partial(load, path), damage)


def opened_though_damaged(
    session: Session, loader: str, load: Callable[[], Any], damage: str
) -> Iterator[Finding]:
    """Yield a finding where ``load`` opens what ``damage`` names without a word."""
    _, refusal = attempt(load)
    session.measure(damage, refusal or "opened")
    if not refusal:
        text = f"{loader} opens {damage} without an error, expected it to refuse"
        yield fault(session, "damage-opened-silently", text, evidence={"damage": damage})


def sound_file_refused(
    session: Session, loader: str, load: Any, content: bytes, suffix: str
) -> Iterator[Finding]:
    """Yield a finding where ``load`` refuses even a sound file: its refusals then say nothing."""
    path = Path(session.scratch) / f"intact{suffix}"
    path.write_bytes(content)
    _, refusal = attempt(partial(load, path))
    if refusal:
        text = f"{loader} refuses a sound file: {refusal}"
        yield fault(session, "sound-file-refused", text)


def _safetensors(header: Mapping[str, Any] | bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode("ascii")
    return struct.pack("<Q", len(text)) + text + _DATA


def _edited(**changes: Any) -> Mapping[str, Any]:
    return {**_LAYOUT, "first": {**_LAYOUT["first"], **changes}}


def _patched(whole: bytes, position: int, form: str, *values: float) -> bytes:
    field = struct.pack(form, *values)
    return whole[:position] + field + whole[position + len(field) :]
