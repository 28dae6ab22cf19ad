"""Reads checkpoints older than torch 1.6: five pickles in a row, then the storages as they are."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from compat.core.model import Finding, Severity
from compat.formats.model import Reading
from compat.formats.pickles.cut_zip import storages_of
from compat.formats.pickles.danger import Scan, danger_findings, nested_scans, opcode_findings
from compat.formats.pickles.opcodes import Window
from compat.formats.pickles.symbols import Pairs, Trace
from compat.formats.pickles.table import ITEM_BYTES, Storage, Table, read_table
from compat.formats.pickles.tensors import (
    AGAIN,
    Block,
    format_findings,
    header_of,
    storage_findings,
    table_findings,
)
from compat.formats.pickles.trace import trace_pickle
from compat.formats.wording import byte_numbers, damage, quoted

FORMAT = "torch-legacy"
MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
"""First of the five pickles (``torch.serialization.MAGIC_NUMBER``)."""

PROTOCOL_VERSION = 1001
"""Second of the five (``torch.serialization.PROTOCOL_VERSION``)."""

PARTS = ("magic number", "protocol version", "system info", "object", "storage keys")
OBJECT, KEYS = 3, 4
COUNT_BYTES = 8
"""Before each storage stands its number of elements, a little-endian 64 bit number."""

MOST_PLAIN = 16
"""Pickles in a row that are looked at in a file that torch did not write."""


def read_pickle_stream(path: Path) -> Reading:
    """Read the table of a legacy checkpoint, or scan a plain pickle, which has none.

    No storage is read. Raises ``OSError`` only where the file cannot be read.
    """
    with path.open("rb") as handle:
        size = handle.seek(0, 2)
        window = Window(handle, 0, size)
        first = trace_pickle(window)
        if first.whole and first.result == MAGIC_NUMBER:
            return _read_legacy(path, window, first)
        return _read_plain(path, window, first)


def _read_legacy(path: Path, window: Window, magic: Trace) -> Reading:
    traces = [magic]
    while traces[-1].whole and len(traces) < len(PARTS):
        traces.append(trace_pickle(window))
    scans = [Scan(trace, PARTS[number]) for number, trace in enumerate(traces)]
    scans += nested_scans(window.handle, scans)
    findings = list(danger_findings(path, scans))
    if len(traces) <= OBJECT or not traces[OBJECT].whole:
        return Reading(header=None, findings=tuple(findings))
    if traces[1].result != PROTOCOL_VERSION:
        findings.append(_other_protocol(path, traces[1]))
    main = traces[OBJECT]
    for scan in scans[: len(PARTS)]:
        findings += opcode_findings(path, scan)
    table = read_table(main.result)
    findings += table_findings(path, table)
    blocks: dict[str, Block] = {}
    if traces[-1].whole and len(traces) == len(PARTS):
        little = _is_little_endian(traces[2].result)
        blocks, found = _storages(path, window, main, traces[KEYS].result, little=little)
        findings += found
    findings += format_findings(path, table)
    if not table.tensors:
        return Reading(header=None, findings=tuple(findings))
    header = header_of(path, FORMAT, table, blocks, {})
    return Reading(header=header, findings=tuple(findings))


def _other_protocol(path: Path, trace: Trace) -> Finding:
    # Of anything but a number only the kind is told: it may be nested without end.
    number = trace.result if type(trace.result) is int else type(trace.result).__name__
    return damage(
        "torch-other-protocol",
        path,
        f"its protocol version is {quoted(number)}, expected {PROTOCOL_VERSION}; torch refuses it",
        remedy=AGAIN,
        detail=f"byte {trace.start}",
    )


def _is_little_endian(info: object) -> bool:
    items = info.items if isinstance(info, Pairs) else []
    return all(value is not False for key, value in items if key == "little_endian")


def _storages(
    path: Path, window: Window, main: Trace, keys: object, *, little: bool
) -> tuple[dict[str, Block], list[Finding]]:
    storages = {storage.key: storage for storage in storages_of(main)}
    order = [str(key) for key in keys] if isinstance(keys, list) else []
    strangers = [key for key in order if key not in storages]
    if strangers:
        return {}, [_stranger(path, strangers[0])]
    size, at = window.end, window.position
    blocks: dict[str, Block] = {}
    for key in order:
        if at + COUNT_BYTES > size:
            break
        held = _held_bytes(window.handle, at, storages[key])
        start = at + COUNT_BYTES
        if held is None or start + held > size:
            break
        blocks[key] = Block(start, start + held, held, readable=little)
        at = start + held
    findings = list(storage_findings(path, _in(storages, blocks), blocks))
    return blocks, [*findings, *_end(path, storages, order, blocks, at, size)]


def _in(storages: Mapping[str, Storage], blocks: Mapping[str, Block]) -> list[Storage]:
    return [storages[key] for key in blocks]


def _held_bytes(handle: BinaryIO, at: int, storage: Storage) -> int | None:
    handle.seek(at)
    count = int.from_bytes(handle.read(COUNT_BYTES), "little", signed=True)
    return count * ITEM_BYTES[storage.dtype] if count >= 0 else None


def _end(
    path: Path, storages: Mapping[str, Storage], order: list[str], blocks: Mapping[str, Block],
    at: int, size: int,
) -> Iterator[Finding]:  # fmt: skip
    missing = [key for key in order if key not in blocks]
    if missing:
        expected = at + sum(COUNT_BYTES + storages[key].nbytes for key in missing)
        if expected > size:
            yield _cut(path, expected, size, len(blocks), len(order))
        else:
            yield damage(
                "torch-storage-short",
                path,
                f"storage {quoted(missing[0])} at byte {at} claims a length that cannot be",
                remedy=AGAIN,
                detail=f"byte {at}",
            )
    elif at < size:
        yield damage(
            "torch-trailing-bytes",
            path,
            f"the last storage ends at byte {at}, the file at byte {size}: {size - at} bytes too "
            "many (the file is not truncated)",
            remedy="compare size and hash with the publisher's",
            detail=f"byte {at}",
            severity=Severity.MEDIUM,
            evidence=byte_numbers(at, size),
        )


def _cut(path: Path, expected: int, size: int, whole: int, every: int) -> Finding:
    return damage(
        "torch-cut-in-data",
        path,
        f"the file ends at byte {size}, its last storage ends at byte {expected}: "
        f"{expected - size} bytes are missing ({100 * size / expected:.1f} % is there, {whole} of "
        f"{every} storages are whole)",
        remedy="download again or resume the download; the file is truncated",
        detail=f"byte {size}",
        evidence=byte_numbers(expected, size),
    )


def _stranger(path: Path, key: str) -> Finding:
    return damage(
        "torch-storage-unknown",
        path,
        f"the list of storages names {quoted(key)}, which no tensor uses; torch refuses the file",
        remedy=AGAIN,
        detail=quoted(key),
    )


def _read_plain(path: Path, window: Window, first: Trace) -> Reading:
    traces = [first]
    while traces[-1].whole and window.position < window.end and len(traces) < MOST_PLAIN:
        traces.append(trace_pickle(window))
    trailing = traces.pop() if len(traces) > 1 and not traces[-1].whole else None
    if trailing is not None and (trailing.globals or trailing.hidden):
        traces.append(trailing)
        trailing = None
    scans = [Scan(trace) for trace in traces]
    scans += nested_scans(window.handle, scans)
    findings = list(danger_findings(path, scans))
    if trailing is not None:
        findings.append(_trailing(path, trailing.start, window.end))
    if first.whole:
        findings += format_findings(path, Table(tensors=(), nest="", outside=(), problems=()))
    return Reading(header=None, findings=tuple(findings))


def _trailing(path: Path, start: int, size: int) -> Finding:
    return damage(
        "pickle-trailing-bytes",
        path,
        f"the pickle ends at byte {start}, the file at byte {size}: {size - start} bytes behind it "
        "are no pickle",
        remedy="compare size and hash with the publisher's",
        detail=f"byte {start}",
        severity=Severity.MEDIUM,
        evidence=byte_numbers(start, size),
    )
