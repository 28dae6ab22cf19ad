"""A file that ends before the end that it declares."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about

REMEDY = "the end of the file is missing: encode or download it again"


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find files shorter than their own chunks say, and files without their closing mark."""
    skeleton = clip.info.skeleton
    if skeleton is None:
        return None
    size = clip.info.file_bytes
    if skeleton.promised is not None and skeleton.promised > size:
        return finding_about(
            Noticed(
                rule="cut-short",
                severity=Severity.HIGH,
                seen=f"the file has {size} bytes and declares {skeleton.promised}, "
                f"{skeleton.promised - size} bytes are missing at its end",
                remedy=REMEDY,
                detail=f"byte {size}",
                numbers={"expected_bytes": skeleton.promised, "found_bytes": size},
            ),
            clip,
        )
    if skeleton.ends:
        return None
    # Pictures decode line by line, so what is missing may be the last rows or nothing that shows.
    return finding_about(
        Noticed(
            rule="cut-short",
            severity=Severity.MEDIUM,
            seen=f"the closing mark of a {skeleton.kind} file is missing behind byte {size}",
            remedy=REMEDY,
            detail=f"byte {size}",
            numbers={"found_bytes": size},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="cut-short",
    doc="The file ends before the end that its own chunks declare.",
    look=look,
)
