"""Holds the members of a torch archive against the checksums in its directory."""

from collections.abc import Callable, Iterator
from pathlib import Path

from compat.core.model import Finding
from compat.formats.layout import MOST_REPEATS
from compat.formats.pickles.zip_directory import read_directory
from compat.formats.pickles.zip_entry import crc_of
from compat.formats.wording import damage, quoted


def checksum_findings(
    path: Path, on_bytes: Callable[[int], None] = lambda _count: None
) -> Iterator[Finding]:
    """Members whose bytes are not those that were written; reads every stored member once.

    torch itself does not look at these checksums. An archive in which all of them are 0 was saved
    with ``set_crc32_options(False)`` and has none. May raise ``OSError``.
    """
    with path.open("rb") as handle:
        entries = [entry for entry in read_directory(path, handle).entries if entry.stored]
        if not any(entry.crc for entry in entries):
            return
        bad = 0
        for entry in entries:
            found = crc_of(handle, entry, on_bytes)
            if found != entry.crc and bad < MOST_REPEATS:
                bad += 1
                yield damage(
                    "zip-checksum-differs",
                    path,
                    f"member {quoted(entry.name)} (bytes {entry.start} to {entry.end}) has "
                    f"checksum {found:08x}, it was written with {entry.crc:08x}",
                    remedy="download again: bytes inside it have changed",
                    detail=f"byte {entry.start}",
                    expected_crc=f"{entry.crc:08x}",
                    found_crc=f"{found:08x}",
                )
