"""Names checkpoints of torch before 0.1.10: a tar of pickles and raw storages."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from compat.core.model import Finding, Severity
from compat.formats.model import Reading
from compat.formats.pickles.danger import Scan, danger_findings
from compat.formats.pickles.opcodes import Window
from compat.formats.pickles.trace import trace_pickle
from compat.formats.wording import damage

BLOCK = 512
MARK_AT, MARK = 257, b"ustar"
"""Magic of POSIX tar headers."""

MEMBERS = frozenset({"sys_info", "pickle", "tensors", "storages"})
MOST_MEMBERS = 16


def is_torch_tar(first: bytes) -> bool:
    """Whether a file that begins with ``first`` is a tar whose first member torch would write."""
    name = first[:100].split(b"\0")[0].decode("ascii", "replace").removeprefix("./")
    return first[MARK_AT : MARK_AT + len(MARK)] == MARK and name in MEMBERS


def read_torch_tar(path: Path) -> Reading:
    """Scan the pickles of the archive; its tensors are not read. May raise ``OSError``."""
    with path.open("rb") as handle:
        size = handle.seek(0, 2)
        scans = [
            Scan(trace_pickle(Window(handle, start, min(end, size))), name)
            for name, start, end in _members(handle, size)
            if name in MEMBERS
        ]
    return Reading(header=None, findings=(*danger_findings(path, scans), _ancient(path)))


def _members(handle: BinaryIO, size: int) -> Iterator[tuple[str, int, int]]:
    at = 0
    for _ in range(MOST_MEMBERS):
        handle.seek(at)
        head = handle.read(BLOCK)
        if len(head) < BLOCK or head[MARK_AT : MARK_AT + len(MARK)] != MARK:
            return
        name = head[:100].split(b"\0")[0].decode("ascii", "replace").removeprefix("./")
        digits = head[124:136].strip(b" \0")
        length = int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else 0
        yield name, at + BLOCK, at + BLOCK + length
        at += BLOCK + -(-length // BLOCK) * BLOCK
        if at >= size:
            return


def _ancient(path: Path) -> Finding:
    return damage(
        "torch-tar",
        path,
        "it is a checkpoint in the tar form of torch before 0.1.10; its tensors are not read here, "
        "and torch.load takes it only with weights_only=False",
        remedy="load it once with torch in a throw-away environment and save it as safetensors",
        detail="byte 0",
        severity=Severity.MEDIUM,
    )
