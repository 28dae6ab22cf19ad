"""Asks every file detector about a clip that has been read."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from compat.core.collect import collect
from compat.core.model import Finding
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector
from compat.frames.reencode import compare


@cache
def file_detectors() -> Mapping[str, FileDetector]:
    """Return every file detector, keyed by its id."""
    return collect("compat.frames.file_detectors", FileDetector)


def file_findings(
    clip: Clip, expectation: Expectation, *, encode_again: bool = False
) -> tuple[Finding, ...]:
    """Return what the file itself shows, the gravest first; read all of the clip's frames before.

    ``encode_again`` decodes up to 24 frames once more and encodes them, to compare the bytes.
    """
    if encode_again and clip.info.pictures is not None:
        clip.passage.compared = compare(Path(clip.info.path), clip.info.container)
    seen = (each.look(clip, expectation) for each in file_detectors().values())
    found = [*clip.findings, *(finding for finding in seen if finding is not None)]
    return tuple(sorted(found, key=lambda finding: -finding.severity.rank))
