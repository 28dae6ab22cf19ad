"""What a traced pickle would import and call, as findings with byte offsets."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from compat.core.model import Finding, Severity
from compat.formats.layout import MOST_REPEATS
from compat.formats.pickles.globals import (
    SCRIPT_BUILDERS,
    Safety,
    normal_name,
    sort_globals,
)
from compat.formats.pickles.opcodes import Window
from compat.formats.pickles.symbols import Global, Nested, Trace
from compat.formats.pickles.trace import trace_pickle
from compat.formats.wording import damage, quoted

DO_NOT_LOAD = "do not load it; download the safetensors file from the publisher"
MOST_NESTED = 64
DEEPEST_NEST = 3


@dataclass(frozen=True, slots=True)
class Scan:
    """One pickle of a file: ``member`` is its name inside an archive, empty outside of one.

    Positions are bytes of the file; of a member that is not stored as it is, bytes of the member.
    """

    trace: Trace
    member: str = ""


def danger_findings(
    path: Path, scans: Iterable[Scan], *, script: bool = False
) -> Iterator[Finding]:
    """Findings for every global outside the lists, hidden names, extensions and broken opcodes.

    A ``script`` of torch.jit names its own classes, which stand as code in the archive.
    """
    every = list(scans)
    yield from _global_findings(path, every, script=script)
    for scan in every:
        yield from _hidden(path, scan)
        yield from _extensions(path, scan)
        yield from _incomplete(path, scan)


def nested_scans(handle: BinaryIO, scans: Iterable[Scan]) -> list[Scan]:
    """Traces of the pickles that lie as byte strings inside the given ones, some levels deep."""
    found: list[Scan] = []
    level = list(scans)
    for _ in range(DEEPEST_NEST):
        level = [
            Scan(_trace_nested(handle, nested), f"{scan.member} byte {nested.start}".strip())
            for scan in level
            for nested in scan.trace.nested
        ][: MOST_NESTED - len(found)]
        found.extend(level)
    return found


def _trace_nested(handle: BinaryIO, nested: Nested) -> Trace:
    if nested.data is not None:
        return trace_pickle(Window(io.BytesIO(nested.data), 0, len(nested.data)))
    window = Window(handle, nested.start, nested.end)
    traces = [trace_pickle(window)]
    # A stream of torch's older format is five pickles; the object is the fourth.
    while traces[-1].whole and window.position < nested.end and len(traces) < 5:
        traces.append(trace_pickle(window))
    for trace in traces[1:]:
        traces[0].globals.update(trace.globals)
        traces[0].hidden.extend(trace.hidden)
        traces[0].nested.extend(trace.nested)
    return traces[0]


def _global_findings(path: Path, scans: list[Scan], *, script: bool) -> Iterator[Finding]:
    where = {item: scan for scan in scans for item in scan.trace.globals.values()}
    kept = [item for item in where if not (script and _is_of_script(item))]
    counts = dict.fromkeys(Safety, 0)
    data: list[Global] = []
    for item, safety in sort_globals(kept).items():
        counts[safety] += 1
        if safety is Safety.DATA:
            data.append(item)
        elif safety is not Safety.LISTED and counts[safety] <= MOST_REPEATS:
            yield _global(path, item, safety, where[item].member)
    if data:
        yield _data(path, data)


def _is_of_script(item: Global) -> bool:
    return item.module.startswith("__torch__.") or normal_name(item) in SCRIPT_BUILDERS


def _global(path: Path, item: Global, safety: Safety, member: str) -> Finding:
    inside = f" of {quoted(member)}" if member else ""
    name = normal_name(item)
    if safety is Safety.DANGEROUS:
        return damage(
            "pickle-dangerous-global",
            path,
            f"loading it would call {quoted(name)}, named at byte {item.position}{inside}: that "
            "can run code or reach files, expected only what rebuilds tensors",
            remedy=DO_NOT_LOAD,
            detail=f"byte {item.position}",
            name=quoted(name),
            member=quoted(member),
        )
    return damage(
        "pickle-unknown-global",
        path,
        f"loading it would import {quoted(name)}, named at byte {item.position}{inside}, which is "
        "none of the names that rebuild tensors; torch.load refuses it by default",
        remedy="use the safetensors version of this model; load this one only if you trust its "
        "author as you trust a program",
        detail=f"byte {item.position}",
        severity=Severity.MEDIUM,
        name=quoted(name),
        member=quoted(member),
    )


def _data(path: Path, items: list[Global]) -> Finding:
    names = sorted({normal_name(item) for item in items})
    shown = ", ".join(quoted(name) for name in names[:4])
    return damage(
        "pickle-beyond-weights-only",
        path,
        f"it names {shown}{' and more' if len(names) > 4 else ''}: plain data, but torch.load from "
        "2.6 on refuses it unless told to take it",
        remedy="nothing where the program that loads it knows these names (ComfyUI does); else "
        "convert it to safetensors",
        detail=f"byte {items[0].position}",
        severity=Severity.INFO,
        names=[quoted(name) for name in names[:16]],
    )


def _hidden(path: Path, scan: Scan) -> Iterator[Finding]:
    if scan.trace.hidden:
        at = scan.trace.hidden[0]
        yield damage(
            "pickle-hidden-global",
            path,
            f"the name imported at byte {at} is not written in the pickle but made while it loads; "
            "no program that saves models writes that",
            remedy=DO_NOT_LOAD,
            detail=f"byte {at}",
            member=quoted(scan.member),
            times=len(scan.trace.hidden),
        )


def _extensions(path: Path, scan: Scan) -> Iterator[Finding]:
    if scan.trace.extensions:
        code, at = scan.trace.extensions[0]
        yield damage(
            "pickle-extension-code",
            path,
            f"byte {at} names an object by extension code {code}, which stands for something else "
            "in every program",
            remedy=DO_NOT_LOAD,
            detail=f"byte {at}",
            severity=Severity.MEDIUM,
            member=quoted(scan.member),
        )


def _incomplete(path: Path, scan: Scan) -> Iterator[Finding]:
    trace = scan.trace
    inside = f" of {quoted(scan.member)}" if scan.member else ""
    if trace.cut:
        yield damage(
            "pickle-cut",
            path,
            f"the pickle{inside} that begins at byte {trace.start} has no end: the bytes stop in "
            f"the middle of it, behind byte {trace.end}",
            remedy="download again or resume the download; the file is truncated",
            detail=f"byte {trace.end}",
        )
    elif trace.broken:
        yield damage(
            "pickle-broken",
            path,
            f"the pickle{inside} that begins at byte {trace.start} cannot be followed from byte "
            f"{trace.end} on: {trace.broken}",
            remedy="download again; compare size and hash with the publisher's",
            detail=f"byte {trace.end}",
        )
    elif trace.limit:
        yield damage(
            "pickle-too-long",
            path,
            f"the pickle{inside} was not read behind byte {trace.end}: {trace.limit}",
            remedy="use the safetensors version of this model",
            detail=f"byte {trace.end}",
            severity=Severity.MEDIUM,
        )


def opcode_findings(path: Path, scan: Scan) -> Iterator[Finding]:
    """An opcode in a checkpoint that torch.load refuses by default: another protocol, or damage."""
    if scan.trace.refused is not None:
        name, at = scan.trace.refused
        yield damage(
            "pickle-opcode-refused",
            path,
            f"opcode {name} at byte {at} is none that torch.load from 2.6 on takes by default",
            remedy="save it again with torch's own protocol 2, or use the safetensors version",
            detail=f"byte {at}",
            severity=Severity.LOW,
            member=quoted(scan.member),
        )
