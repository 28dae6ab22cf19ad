"""Reads any file that is a pickle or holds one, whatever its name; nothing is unpickled."""

import io
import re
from pathlib import Path

from compat.core.model import Finding
from compat.formats.model import Reading
from compat.formats.pickles.numpy_file import is_npy, read_npy
from compat.formats.pickles.opcodes import Window
from compat.formats.pickles.torch_legacy import read_pickle_stream
from compat.formats.pickles.torch_tar import is_torch_tar, read_torch_tar
from compat.formats.pickles.torch_zip import read_torch_zip
from compat.formats.pickles.trace import trace_pickle
from compat.formats.sniff import Kind, Sniffed
from compat.formats.wording import damage

PICKLE_NAMES = (".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle", ".joblib", ".npy")
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*")
FEWEST_OPCODES = 8
"""Text that happens to begin with valid opcodes breaks off sooner."""


def read_pickled(path: Path, sniffed: Sniffed) -> Reading | None:
    """What a pickle or torch archive holds; None for a file that is neither.

    Raises ``OSError`` only where the file cannot be read.
    """
    if sniffed.kind in (Kind.TORCH_ZIP, Kind.ZIP):
        reading = read_torch_zip(path)
        if reading is None and sniffed.kind is Kind.TORCH_ZIP:
            return Reading(header=None, findings=(_no_pickle(path),))
        return reading
    if is_npy(sniffed.first):
        return read_npy(path, sniffed.first)
    if is_torch_tar(sniffed.first):
        return read_torch_tar(path)
    named = path.suffix.lower() in PICKLE_NAMES and is_old_pickle(sniffed.first)
    return read_pickle_stream(path) if named or sniffed.kind is Kind.PICKLE else None


def is_old_pickle(first: bytes) -> bool:
    """Whether bytes without a protocol mark are a pickle of protocol 0 or 1."""
    trace = trace_pickle(Window(io.BytesIO(first), 0, len(first)))
    if trace.whole:
        return trace.opcodes > 1
    if trace.cut and trace.opcodes >= FEWEST_OPCODES:
        return True
    names = [item for item in trace.globals.values() if _IDENTIFIER.fullmatch(item.module)]
    return any(_IDENTIFIER.fullmatch(item.name) for item in names)


def _no_pickle(path: Path) -> Finding:
    return damage(
        "torch-zip-no-pickle",
        path,
        "the archive begins as torch.save writes it and holds no data.pkl, which names its tensors",
        remedy="download again; compare size and hash with the publisher's",
    )
