"""Reads numpy's .npy files as far as they are pickles: arrays of Python objects."""

import re
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.model import Reading
from compat.formats.pickles.danger import Scan, danger_findings, nested_scans
from compat.formats.pickles.opcodes import Window
from compat.formats.pickles.trace import trace_pickle
from compat.formats.wording import damage

MAGIC = b"\x93NUMPY"
"""Then a version of two bytes, and the length of the header in two bytes, from version 2 in four
(``numpy.lib.format``)."""

_OBJECTS = re.compile(rb"""['"][|<>=]?O\d*['"]""")


def is_npy(first: bytes) -> bool:
    """Whether a file that begins with ``first`` is one numpy array."""
    return first.startswith(MAGIC)


def read_npy(path: Path, first: bytes) -> Reading | None:
    """Scan the pickle of an array of objects; None for an array of numbers, which holds none.

    ``first`` are the first bytes of the file. May raise ``OSError``.
    """
    wide = 4 if first[6:7] > b"\x01" else 2
    start = 8 + wide + int.from_bytes(first[8 : 8 + wide], "little")
    if not _OBJECTS.search(first[8 + wide : start]):
        return None
    with path.open("rb") as handle:
        scans = [Scan(trace_pickle(Window(handle, start, handle.seek(0, 2))))]
        scans += nested_scans(handle, scans)
    return Reading(header=None, findings=(*danger_findings(path, scans), _objects(path)))


def _objects(path: Path) -> Finding:
    return damage(
        "numpy-objects",
        path,
        "it is an array of Python objects that numpy saved, which is a pickle and no model",
        remedy="check that this is the right file",
        detail="byte 0",
        severity=Severity.MEDIUM,
    )
