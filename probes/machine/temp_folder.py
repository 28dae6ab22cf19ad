"""What a render does with files, tried in the temporary folder."""

import mmap
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault

_CONTENT = bytes(range(256)) * 64
# What file systems allow in one name (NAME_MAX of POSIX systems, NTFS), less the suffix that is
# put on while a file is being written.
_LONG_NAME = "n" * 200


@probe("temp-folder", family="machine", needs=Needs())
def temp_folder(session: Session) -> Iterator[Finding]:
    """Files can be written, mapped into memory, replaced and read back in the temporary folder.

    Loaders map weights into memory, and a render is written beside its place and moved there. File
    systems of networks and containers (SMB, 9p, FUSE) may refuse one of these, after hours. Set
    TMPDIR, or name an output, on a local disk.
    """
    folder = Path(session.scratch)
    for what, action in _actions(folder).items():
        found, refusal = attempt(action)
        session.measure(what, refusal or "works")
        if refusal:
            text = f"{what} in the temporary folder is refused: {refusal}"
            yield fault(session, "temp-folder-refused", text)
        elif found != _CONTENT:
            text = f"{what} in the temporary folder gives other bytes than were written"
            yield fault(session, "temp-folder-wrong", text)


def _actions(folder: Path) -> Mapping[str, Callable[[], bytes]]:
    return {
        "writing a file": partial(_written, folder / "plain"),
        "mapping a file into memory": partial(_mapped, folder / "mapped"),
        "replacing a file": partial(_replaced, folder / "old", folder / "new"),
        "a long name": partial(_written, folder / _LONG_NAME),
        "a name beyond ASCII": partial(_written, folder / "Größe 宽"),
    }


def _written(path: Path) -> bytes:
    with path.open("wb") as file:
        file.write(_CONTENT)
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()


def _mapped(path: Path) -> bytes:
    path.write_bytes(_CONTENT)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return bytes(view)


def _replaced(old: Path, new: Path) -> bytes:
    old.write_bytes(b"old")
    new.write_bytes(_CONTENT)
    new.replace(old)
    return old.read_bytes()
