"""Reads checkpoints of torch 1.6 and later: a zip of one pickle and its storages."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from compat.core.model import Finding, Severity
from compat.formats.layout import MOST_REPEATS
from compat.formats.model import Reading
from compat.formats.pickles.cut_zip import cut_findings, storages_of, walk_cut_zip
from compat.formats.pickles.danger import (
    DO_NOT_LOAD,
    Scan,
    danger_findings,
    nested_scans,
    opcode_findings,
)
from compat.formats.pickles.opcodes import Window
from compat.formats.pickles.symbols import Trace
from compat.formats.pickles.table import read_table
from compat.formats.pickles.tensors import (
    AGAIN,
    Block,
    format_findings,
    header_of,
    storage_findings,
    table_findings,
)
from compat.formats.pickles.trace import trace_pickle
from compat.formats.pickles.zip_directory import read_directory
from compat.formats.pickles.zip_entry import DEFLATED, Entry, inflated
from compat.formats.wording import damage, quoted

SAID_BY_THE_CUT = ("pickle-cut", "pickle-broken")
"""What follows for the pickle from the file's being cut or unfilled inside it."""

PICKLE = "data.pkl"
FORMAT = "torch-zip"
PICKLE_ENDS = (".pkl", ".pickle")
MOST_PICKLES = 16
INFLATED_PICKLE = 16 << 20
"""Largest deflated pickle that is inflated; torch itself deflates nothing."""

BOMB_FACTOR = 100
BOMB_BYTES = 100 << 20
"""A member that grows beyond both when inflated is there to fill a memory or a disk: weights shrink
by a third at most."""


@dataclass(frozen=True, slots=True)
class _Archive:
    """An open archive: ``root`` is the folder of its pickle."""

    path: Path
    handle: BinaryIO
    entries: Mapping[str, Entry]
    root: str

    def member(self, name: str) -> Entry | None:
        """The member ``name`` of the root folder."""
        return self.entries.get(f"{self.root}/{name}" if self.root else name)

    @property
    def is_script(self) -> bool:
        """Whether it is a program saved by torch.jit."""
        code = f"{self.root}/code/"
        return self.member("constants.pkl") is not None or any(
            name.startswith(code) for name in self.entries
        )


def read_torch_zip(path: Path) -> Reading | None:
    """Read the table and check the archive; None for a zip without a data.pkl.

    No storage is read. Raises ``OSError`` only where the file cannot be read.
    """
    with path.open("rb") as handle:
        directory = read_directory(path, handle)
        if directory.cut:
            return _read_cut(path, handle)
        roots = [e.name for e in directory.entries if e.name.rpartition("/")[2] == PICKLE]
        if not roots:
            return Reading(header=None, findings=directory.findings) if directory.findings else None
        entries: dict[str, Entry] = {}
        for entry in directory.entries:
            entries.setdefault(entry.name, entry)
        archive = _Archive(path, handle, entries, roots[0].rpartition("/")[0])
        found = [*directory.findings, *_archive_findings(archive, roots)]
        return _read(archive, found)


def _read(archive: _Archive, findings: list[Finding]) -> Reading:
    scans, unread = _scans(archive)
    findings += unread
    scans += nested_scans(archive.handle, scans)
    findings += danger_findings(archive.path, scans, script=archive.is_script)
    scan = next((scan for scan in scans if scan.member.rpartition("/")[2] == PICKLE), None)
    if scan is None or not scan.trace.whole or archive.is_script:
        return Reading(header=None, findings=tuple(findings))
    main = scan.trace
    findings += opcode_findings(archive.path, scan)
    table = read_table(main.result)
    blocks = _blocks(archive, main)
    findings += table_findings(archive.path, table)
    findings += storage_findings(archive.path, storages_of(main), blocks)
    findings += _unnamed(archive, blocks)
    findings += format_findings(archive.path, table)
    if not table.tensors:
        return Reading(header=None, findings=tuple(findings))
    header = header_of(archive.path, FORMAT, table, blocks, {"byteorder": _byte_order(archive)})
    return Reading(header=header, findings=tuple(findings))


def _read_cut(path: Path, handle: BinaryIO) -> Reading | None:
    cut = walk_cut_zip(handle, handle.seek(0, 2))
    findings = list(cut_findings(path, cut))
    if cut.trace is None:
        return None if not cut.root else Reading(header=None, findings=tuple(findings))
    scans = [Scan(cut.trace, f"{cut.root}/{PICKLE}")]
    if cut.trace.whole:
        scans += nested_scans(handle, scans)
    dangers = danger_findings(path, scans)
    findings += [finding for finding in dangers if finding.rule not in SAID_BY_THE_CUT]
    if not cut.trace.whole:
        return Reading(header=None, findings=tuple(findings))
    table = read_table(cut.trace.result)
    findings += table_findings(path, table)
    filled = {key: block for key, block in cut.blocks.items() if block.end <= cut.zero_from}
    header = header_of(path, FORMAT, table, filled, {}) if table.tensors else None
    return Reading(header=header, findings=tuple(findings))


def _scans(archive: _Archive) -> tuple[list[Scan], list[Finding]]:
    pickles = [entry for entry in archive.entries.values() if entry.name.endswith(PICKLE_ENDS)]
    pickles.sort(key=lambda entry: entry.name.rpartition("/")[2] != PICKLE)
    scans: list[Scan] = []
    unread: list[Finding] = []
    for entry in pickles[:MOST_PICKLES]:
        trace = _trace(archive.handle, entry)
        if trace is None:
            unread.append(_cannot_inflate(archive.path, entry))
        else:
            scans.append(Scan(trace, entry.name))
    if len(pickles) > MOST_PICKLES:
        unread.append(_cannot_inflate(archive.path, pickles[MOST_PICKLES]))
    return scans, unread


def _trace(handle: BinaryIO, entry: Entry) -> Trace | None:
    if entry.stored:
        return trace_pickle(Window(handle, entry.start, entry.end))
    data = inflated(handle, entry, INFLATED_PICKLE)
    return None if data is None else trace_pickle(Window(io.BytesIO(data), 0, len(data)))


def _blocks(archive: _Archive, trace: Trace) -> dict[str, Block]:
    as_it_is = _byte_order(archive) == "little"
    blocks: dict[str, Block] = {}
    for storage in storages_of(trace):
        entry = archive.member(f"data/{storage.key}")
        if entry is not None:
            readable = entry.stored and as_it_is
            blocks[storage.key] = Block(entry.start, entry.end, entry.size, readable)
    return blocks


def _byte_order(archive: _Archive) -> str:
    entry = archive.member("byteorder")
    if entry is None:
        return "little"
    data = inflated(archive.handle, entry, 16)
    return "unreadable" if data is None else data.decode("latin-1")


def _archive_findings(archive: _Archive, pickles: list[str]) -> Iterator[Finding]:
    path, entries = archive.path, list(archive.entries.values())
    if len(set(pickles)) > 1:
        yield damage(
            "torch-zip-several-pickles",
            path,
            f"the archive holds {len(set(pickles))} {PICKLE}, first {quoted(pickles[0])} and "
            f"{quoted(pickles[1])}; readers differ in which of them they take",
            remedy=DO_NOT_LOAD,
            detail=quoted(pickles[1]),
        )
    if archive.is_script:
        yield _script(path)
    order = _byte_order(archive)
    if order == "big":
        yield _big_endian(path)
    elif order != "little":
        yield damage(
            "torch-bad-byteorder",
            path,
            f"the member byteorder holds {quoted(order)}, expected little or big; torch refuses it",
            remedy=AGAIN,
            detail="byteorder",
        )
    yield from _foreign(archive)
    yield from _packed(path, entries)


def _script(path: Path) -> Finding:
    return damage(
        "torchscript-archive",
        path,
        "it is a program saved by torch.jit, which runs when it is used, not a checkpoint; what "
        "the program does was not examined",
        remedy="use the weights as safetensors; loaders of checkpoints refuse this file",
        severity=Severity.MEDIUM,
    )


def _big_endian(path: Path) -> Finding:
    return damage(
        "torch-big-endian",
        path,
        "its numbers are stored most significant byte first; torch turns them round, readers that "
        "map the file do not",
        remedy="save it again on the machine that will use it",
        detail="byteorder",
        severity=Severity.LOW,
    )


def _foreign(archive: _Archive) -> Iterator[Finding]:
    inside = f"{archive.root}/" if archive.root else ""
    others = [n for n in archive.entries if not n.startswith(inside) and not n.endswith("/")]
    if others:
        yield damage(
            "torch-zip-foreign-entry",
            archive.path,
            f"{len(others)} member(s) stand outside of {quoted(inside)}, first "
            f"{quoted(others[0])}; torch.save writes none there",
            remedy="nothing, where the archive was packed again by hand; else do not load it",
            detail=f"byte {archive.entries[others[0]].header}",
            severity=Severity.LOW,
        )


def _packed(path: Path, entries: list[Entry]) -> Iterator[Finding]:
    locked = [entry for entry in entries if entry.encrypted]
    if locked:
        yield damage(
            "zip-encrypted",
            path,
            f"{len(locked)} member(s) are encrypted, first {quoted(locked[0].name)}; torch reads "
            "no such archive",
            remedy="ask its publisher for the plain file",
            detail=f"byte {locked[0].header}",
        )
    packed = [entry for entry in entries if entry.method == DEFLATED and not entry.encrypted]
    for entry in [entry for entry in packed if _is_bomb(entry)][:MOST_REPEATS]:
        yield _bomb(path, entry)
    # torch.jit.save deflates its code, and nothing else writes .py members.
    weights = [entry for entry in packed if not entry.name.endswith((".py", ".debug_pkl"))]
    if weights:
        yield damage(
            "zip-compressed",
            path,
            f"{len(weights)} member(s) are compressed, first {quoted(weights[0].name)}; torch.save "
            "stores them as they are, so somebody has packed this file again",
            remedy="save it with torch again; a compressed file cannot be mapped into memory",
            detail=f"byte {weights[0].header}",
            severity=Severity.LOW,
        )


def _is_bomb(entry: Entry) -> bool:
    return entry.size > max(BOMB_BYTES, BOMB_FACTOR * (entry.end - entry.start))


def _bomb(path: Path, entry: Entry) -> Finding:
    return damage(
        "zip-bomb",
        path,
        f"member {quoted(entry.name)} has {entry.end - entry.start} bytes and claims to inflate to "
        f"{entry.size}",
        remedy="do not load or unpack this file",
        detail=f"byte {entry.header}",
        packed_bytes=entry.end - entry.start,
        inflated_bytes=entry.size,
    )


def _cannot_inflate(path: Path, entry: Entry) -> Finding:
    return damage(
        "pickle-unread",
        path,
        f"the pickle {quoted(entry.name)} was not read: it is encrypted, packed in a way that is "
        "not known here, too large, or one of too many",
        remedy="use the safetensors version of this model",
        detail=f"byte {entry.header}",
        severity=Severity.MEDIUM,
    )


def _unnamed(archive: _Archive, blocks: Mapping[str, Block]) -> Iterator[Finding]:
    prefix = f"{archive.root}/data/" if archive.root else "data/"
    keys = [name.removeprefix(prefix) for name in archive.entries if name.startswith(prefix)]
    extra = [key for key in keys if key and key not in blocks]
    if extra:
        nbytes = sum(archive.entries[prefix + key].size for key in extra)
        yield damage(
            "torch-storage-unnamed",
            archive.path,
            f"{len(extra)} storage(s) of {nbytes} bytes belong to no tensor, first "
            f"{quoted(extra[0])}",
            remedy="nothing, where tensors were cut out of the file by hand; else compare the hash",
            detail=f"byte {archive.entries[prefix + extra[0]].header}",
            severity=Severity.LOW,
            bytes=nbytes,
        )
