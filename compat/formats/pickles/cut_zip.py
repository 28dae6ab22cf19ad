"""Walks a torch archive whose directory is missing, to say how far whole members reach."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from compat.core.model import Finding
from compat.formats.pickles.opcodes import Window
from compat.formats.pickles.symbols import Trace
from compat.formats.pickles.table import Storage, storage_of
from compat.formats.pickles.tensors import Block
from compat.formats.pickles.trace import trace_pickle
from compat.formats.wording import byte_numbers, damage

_LOCAL = struct.Struct("<4s5H3L2H")
MEMBER = b"PK\x03\x04"
DESCRIPTOR = b"PK\x07\x08"
DESCRIPTOR_SIZES = (16, 24)
"""Behind a member whose length is not in its header; 24 from 4 GiB up."""

MOST_MEMBERS = 50_000
END_BYTES = 22
"""Length of the end record alone, without the directory before it (APPNOTE 4.3.16)."""

SMALL = 4096
"""Longest member besides the pickle and the storages: marks of a few bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutZip:
    """What is left of an archive: its pickle, the whole storages, and where whole members end.

    ``trace`` is None where the first member is no data.pkl.
    """

    trace: Trace | None
    root: str
    blocks: Mapping[str, Block]
    reached: int
    file_size: int
    zero_from: int = 0
    """Byte from which the file holds zeros to its end; the file size where it does not."""


def walk_cut_zip(handle: BinaryIO, size: int) -> CutZip:
    """Follow the members from the beginning of the file; may raise ``OSError``."""
    first = _member(handle, 0)
    if first is None or first[0].rpartition("/")[2] != "data.pkl":
        return CutZip(trace=None, root="", blocks={}, reached=0, file_size=size, zero_from=size)
    name, start = first
    root = name.rpartition("/")[0]
    window = Window(handle, start, size)
    trace = trace_pickle(window)
    if not trace.whole:
        zero = _zero_from(handle, trace.end, size)
        return CutZip(
            trace=trace, root=root, blocks={}, reached=0, file_size=size, zero_from=zero
        )  # fmt: skip
    needed = {s.key: s.nbytes for s in storages_of(trace)}
    blocks: dict[str, Block] = {}
    reached = at = _behind(handle, trace.end)
    for _ in range(MOST_MEMBERS):
        member = _member(handle, at)
        if member is None:
            break
        key = member[0].removeprefix(f"{root}/data/")
        end = _end(handle, member, needed.get(key))
        if end is None or end > size:
            break
        if key in needed:
            blocks[key] = Block(member[1], end, end - member[1], readable=True)
        at = _behind(handle, end)
        reached = min(at, size)
    zero = _zero_from(handle, trace.end, size)
    return CutZip(
        trace=trace, root=root, blocks=blocks, reached=reached, file_size=size, zero_from=zero
    )  # fmt: skip


def _zero_from(handle: BinaryIO, low: int, size: int) -> int:
    """Where a run of zeros to the end of the file begins, taken to be unbroken."""
    high = size
    while high - low > SMALL:
        middle = max(low, high - SMALL) if high == size else (low + high) // 2
        handle.seek(middle)
        if any(handle.read(min(SMALL, size - middle))):
            if high == size:
                return size
            low = middle + 1
        else:
            high = middle
    return high


def storages_of(trace: Trace) -> list[Storage]:
    """Every storage the pickle refers to, each reference that it spells out once."""
    distinct = {id(item.key): item for item in trace.persistent}
    found = (storage_of(item) for item in distinct.values())
    return [storage for storage in found if storage is not None]


def _member(handle: BinaryIO, at: int) -> tuple[str, int] | None:
    """Name of the member whose header stands at ``at``, and where its data begins."""
    handle.seek(at)
    raw = handle.read(_LOCAL.size)
    if len(raw) < _LOCAL.size or not raw.startswith(MEMBER):
        return None
    fields = _LOCAL.unpack(raw)
    name = handle.read(fields[9]).decode("utf-8", "replace")
    return name, at + _LOCAL.size + fields[9] + fields[10]


def _end(handle: BinaryIO, member: tuple[str, int], nbytes: int | None) -> int | None:
    """Where a member's data ends: by the pickle for storages, else by its descriptor."""
    if nbytes is not None:
        return member[1] + nbytes
    handle.seek(member[1])
    found = handle.read(SMALL).find(DESCRIPTOR)
    return None if found < 0 else member[1] + found


def _behind(handle: BinaryIO, end: int) -> int:
    """Where the next member can begin: behind the descriptor, where there is one."""
    handle.seek(end)
    raw = handle.read(DESCRIPTOR_SIZES[-1] + 4)
    if not raw.startswith(DESCRIPTOR):
        return end
    for size in DESCRIPTOR_SIZES:
        if raw[size : size + 4] in (MEMBER, b"PK\x01\x02"):
            return end + size
    return end + DESCRIPTOR_SIZES[0]


def cut_findings(path: Path, cut: CutZip) -> Iterator[Finding]:
    """That the archive is cut, and how much of it is there."""
    if cut.zero_from < cut.file_size:
        yield _unfilled(path, cut)
        return
    if cut.trace is None or not cut.trace.whole:
        where = "its first member" if cut.trace is None else "its pickle"
        yield damage(
            "torch-zip-cut",
            path,
            f"the archive's directory at its end is missing, and so is the end of {where}: the "
            f"file is cut at byte {cut.file_size}",
            remedy="download again or resume the download; the file is truncated",
            detail=f"byte {cut.file_size}",
        )
        return
    needed = {s.key: s.nbytes for s in storages_of(cut.trace)}
    gone = sum(nbytes for key, nbytes in needed.items() if key not in cut.blocks)
    expected = max(cut.reached + gone, cut.file_size) + END_BYTES
    yield damage(
        "torch-zip-cut",
        path,
        f"the archive's directory at its end is missing: {len(cut.blocks)} of {len(needed)} "
        f"storages are whole, up to byte {cut.reached}, the file is cut at byte {cut.file_size} "
        f"and needs at least {expected}",
        remedy="download again or resume the download; the file is truncated",
        detail=f"byte {cut.file_size}",
        evidence={
            **byte_numbers(expected, cut.file_size),
            "whole_storages": len(cut.blocks),
            "storages": len(needed),
            "reached_byte": cut.reached,
        },
    )


def _unfilled(path: Path, cut: CutZip) -> Finding:
    zeros = cut.file_size - cut.zero_from
    return damage(
        "torch-zip-unfilled",
        path,
        f"the archive ends in {zeros} zero bytes, from about byte {cut.zero_from} on, in the place "
        f"of its directory: the space was reserved and the download never filled it",
        remedy="download again or resume the download; compare the sha256 hash",
        detail=f"byte {cut.zero_from}",
        zero_from=cut.zero_from,
        zero_bytes=zeros,
        file_bytes=cut.file_size,
        whole_storages=sum(block.end <= cut.zero_from for block in cut.blocks.values()),
    )
