"""Pictures that a player shows stretched."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about

# Writers round the ratio of height and width to small numbers.
SQUARE = 0.01


def look(clip: Clip, expectation: Expectation) -> Finding | None:
    """Find pixels that are not square: the clip is shown in another size than it has."""
    pictures = clip.info.pictures
    if pictures is None or abs(pictures.pixel_aspect - 1) <= SQUARE or not clip.info.height:
        return None
    width = round(clip.info.width * pictures.pixel_aspect)
    ordered = expectation.width is not None and abs(width - expectation.width) > 1
    return finding_about(
        Noticed(
            rule="shown-size",
            severity=Severity.MEDIUM if ordered else Severity.INFO,
            seen=f"the pixels are {pictures.pixel_aspect:.3g} times as wide as high, so "
            f"{clip.info.width}x{clip.info.height} is shown as {width}x{clip.info.height}",
            remedy="set the pixel aspect to 1:1 when encoding (setsar=1)",
            numbers={"pixel_aspect": round(pictures.pixel_aspect, 4), "shown_width": width},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="shown-size",
    doc="The container asks players to stretch the pictures. Old camera formats do; models do not.",
    look=look,
)
