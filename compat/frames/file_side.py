"""Asks every file detector about a clip that has been read."""

from collections.abc import Mapping
from functools import cache

from compat.core.collect import collect
from compat.core.model import Finding
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector


@cache
def file_detectors() -> Mapping[str, FileDetector]:
    """Return every file detector, keyed by its id."""
    return collect("compat.frames.file_detectors", FileDetector)


def file_findings(clip: Clip, expectation: Expectation) -> tuple[Finding, ...]:
    """Return what the file itself shows, the gravest first; read all of the clip's frames before.

    May read parts of the file once more.
    """
    seen = (each.look(clip, expectation) for each in file_detectors().values())
    found = [*clip.findings, *(finding for finding in seen if finding is not None)]
    return tuple(sorted(found, key=lambda finding: -finding.severity.rank))
