"""Pictures that a player turns."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find clips that are stored lying and shown upright; they were judged as shown."""
    angle = clip.passage.turned
    if not angle:
        return None
    return finding_about(
        Noticed(
            rule="turned",
            severity=Severity.INFO,
            seen=f"the container asks players to turn the frames by {angle} degrees "
            "counterclockwise; they were judged turned",
            remedy="encode them upright if a tool ignores that",
            numbers={"degrees": angle},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="turned",
    doc="The container asks players to turn the pictures, as phones write it.",
    look=look,
)
