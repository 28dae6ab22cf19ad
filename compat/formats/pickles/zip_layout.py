"""The rules about where the members of an archive lie: twice, overlapping, outside, beyond."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.layout import MOST_REPEATS
from compat.formats.pickles.zip_entry import DEFLATED, STORED, Entry
from compat.formats.wording import byte_numbers, damage, quoted

FOLDER_ATTRIBUTE = 0x10
"""MS-DOS's mark for a folder among the external attributes (APPNOTE 4.4.15)."""

STRANGE_FLAGS = 0x2060
"""Patched data, strong encryption, a masked directory (APPNOTE 4.4.4): torch reads none of them."""


def after_end(path: Path, reached: int, size: int) -> Iterator[Finding]:
    """The file goes on behind the archive, or ends inside the archive's own comment."""
    if reached != size:
        too = "many" if size > reached else "few"
        yield damage(
            "zip-trailing-bytes" if size > reached else "zip-cut-in-comment",
            path,
            f"the archive ends at byte {reached}, the file at byte {size}: "
            f"{abs(size - reached)} bytes too {too}",
            remedy="compare size and hash with the publisher's",
            detail=f"byte {min(reached, size)}",
            # The archive itself is whole, and torch reads it.
            severity=Severity.MEDIUM,
            evidence=byte_numbers(reached, size),
        )


def duplicates(path: Path, entries: list[Entry]) -> Iterator[Finding]:
    """Two members of one name."""
    twice = [name for name, count in Counter(e.name for e in entries).items() if count > 1]
    for name in twice[:MOST_REPEATS]:
        yield damage(
            "zip-duplicate-name",
            path,
            f"the archive holds {quoted(name)} twice; readers differ in which of the two they take",
            remedy="do not load this file; no program writes archives like this",
            detail=quoted(name),
        )


def escaping(path: Path, entries: list[Entry]) -> Iterator[Finding]:
    """Members that would be unpacked elsewhere."""
    bad = [entry for entry in entries if escapes(entry.name)]
    for entry in bad[:MOST_REPEATS]:
        yield damage(
            "zip-name-escapes",
            path,
            f"member {quoted(entry.name)} would be unpacked outside its folder",
            remedy="do not load or unpack this file",
            detail=f"byte {entry.header}",
        )


def escapes(name: str) -> bool:
    """Whether a member's name leaves the folder it is unpacked in."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or "\0" in name or ":" in parts[0]


def overlaps(path: Path, entries: list[Entry]) -> Iterator[Finding]:
    """Members that share bytes."""
    ordered = sorted(entries, key=lambda entry: (entry.header, entry.end))
    found = 0
    for before, after in pairwise(ordered):
        if after.header < before.end and found < MOST_REPEATS:
            found += 1
            yield damage(
                "zip-entries-overlap",
                path,
                f"member {quoted(after.name)} begins at byte {after.header}, inside "
                f"{quoted(before.name)}, which ends at byte {before.end}",
                remedy="do not load this file; no program writes archives like this",
                detail=f"byte {after.header}",
            )


def impossible(path: Path, entry: Entry, *, disk: int, flags: int) -> Iterator[Finding]:
    """A directory entry that contradicts itself or asks for what torch's reader does not know.

    ``entry.end`` is still the length of the member as it is stored, ``disk`` the volume it is on.
    """
    if entry.method not in (STORED, DEFLATED):
        yield _refused(
            "zip-unknown-method", path, entry, f"is packed by method {entry.method}, expected 0"
        )
    elif entry.method == STORED and entry.end != entry.size:
        yield _refused(
            "zip-sizes-differ",
            path,
            entry,
            f"is stored as it is in {entry.end} bytes and said to have {entry.size}",
        )
    if flags & STRANGE_FLAGS:
        yield _refused(
            "zip-strange-flags", path, entry, f"has flags {flags & STRANGE_FLAGS:#06x} set"
        )
    if disk > 1:
        yield _refused("zip-several-disks", path, entry, f"is said to be on disk {disk} of several")


def folder_flag(path: Path, entry: Entry, attributes: int) -> Iterator[Finding]:
    """A member with data that the directory calls a folder: torch reads nothing of it, silently."""
    if attributes & FOLDER_ATTRIBUTE and entry.size and not entry.name.endswith("/"):
        yield _refused("zip-folder-flag", path, entry, "is marked as a folder and has data")


def _refused(rule: str, path: Path, entry: Entry, what: str) -> Finding:
    return damage(
        rule,
        path,
        f"member {quoted(entry.name)} {what}; torch refuses the archive",
        remedy="download again; compare size and hash with the publisher's",
        detail=f"byte {entry.header}",
    )
