"""One verdict on model files and folders, from headers, configs and (deep) every byte."""

from collections.abc import Callable, Iterator
from pathlib import Path

from compat.formats.file_check import Look, check_file
from compat.formats.model import FileReport, FileVerdict, Verification
from compat.formats.survey import survey

__all__ = ["FileReport", "FileVerdict", "Look", "Verification", "each_report", "verify"]


def verify(
    path: Path, *, deep: bool = False, on_bytes: Callable[[int], None] = lambda _count: None
) -> Verification:
    """Check a model file, an index, a model folder or a folder of model files, offline.

    Reads headers, configs and a few sampled blocks, and every value of files up to 64 MiB; with
    ``deep`` every byte of every weight file (``on_bytes`` hears how many). Nothing is unpickled,
    nothing executed. What cannot be read gets a report with the verdict UNKNOWN; a folder without
    model files gives no report.
    """
    look = Look(deep=deep, on_bytes=on_bytes)
    return Verification(path=path, reports=tuple(each_report(path, look)))


def each_report(path: Path, look: Look) -> Iterator[FileReport]:
    """The reports of :func:`verify` one by one, as they are ready."""
    for unit in survey(path):
        if unit.report is not None:
            yield unit.report
        for file in unit.files:
            yield check_file(file, look, loader=unit.loader)
