"""Fewer frames than the container declares."""

from compat.core.model import Confidence, Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about

# A declared duration may include another stream; a cut file misses more than this of it.
ENOUGH = 0.9
# Seconds: containers round, and the last frame is shown for a while.
SLACK = 0.1


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find clips whose container promises more frames, or more seconds, than decode."""
    found = None if clip.passage.stopped else _missing(clip)
    if found is None:
        return None
    return finding_about(
        Noticed(
            rule="clip-shorter-than-declared",
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
            seen=found,
            remedy="the end of the file may be missing: encode or download it again",
            numbers={
                "frames": len(clip.passage.times),
                "declared_frames": clip.info.declared_frames,
            },
        ),
        clip,
    )


def _missing(clip: Clip) -> str | None:
    passage, declared = clip.passage, clip.info.declared_frames
    shown = len(passage.times)
    if declared:
        # A trimmed mp4 declares frames that its edit list hides, and may hide one more.
        due = declared - passage.hidden
        if shown < min(due - 1, 0.98 * due):
            return f"{shown} frames decode, the container declares {declared}"
        return None
    pictures = clip.info.pictures
    times = [time for time in passage.times if time is not None]
    if pictures is None or not pictures.seconds or not times:
        return None
    if max(times) < ENOUGH * pictures.seconds - SLACK:
        return f"frames end at {max(times):.1f} s, the container declares {pictures.seconds:.1f} s"
    return None


DETECTOR = FileDetector(
    id="clip-shorter-than-declared",
    doc="Fewer frames decode than the container declares.",
    look=look,
)
