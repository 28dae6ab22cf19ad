"""Sound that is missing, or longer or shorter than the pictures."""

from compat.core.model import Finding, Severity
from compat.frames.clip import Clip, Pictures
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about
from compat.frames.file_detectors.wrong_duration import seconds_shown

# Sound comes in packets of 20 to 100 ms and encoders pad both ends; less is not noticed.
SECONDS, SHARE = 0.5, 0.1


def look(clip: Clip, expectation: Expectation) -> Finding | None:
    """Find clips without the sound that was ordered, and sound of another length."""
    pictures = clip.info.pictures
    tracks = pictures.audio_tracks if pictures else 0
    if expectation.audio is not None and expectation.audio != bool(tracks):
        return finding_about(
            Noticed(
                rule="wrong-audio",
                severity=Severity.HIGH,
                seen=f"the clip has {tracks or 'no'} sound tracks, expected "
                f"{'one' if expectation.audio else 'none'}",
                remedy="check that the sound was handed to the encoder",
                numbers={"tracks": tracks},
            ),
            clip,
        )
    return _other_length(clip, pictures, expectation) if pictures else None


def _other_length(clip: Clip, pictures: Pictures, expectation: Expectation) -> Finding | None:
    sound, shown = pictures.audio_seconds, seconds_shown(clip.passage)
    if not sound or not shown or abs(sound - shown) <= max(SECONDS, SHARE * shown):
        return None
    return finding_about(
        Noticed(
            rule="wrong-audio",
            severity=Severity.MEDIUM if expectation.audio else Severity.LOW,
            seen=f"the sound lasts {sound:.2f} s and the pictures {shown:.2f} s, expected the same",
            remedy="cut both to one length; where pictures are missing, render them again",
            numbers={"audio_seconds": round(sound, 3), "video_seconds": round(shown, 3)},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="wrong-audio",
    doc="Sound that was ordered is missing, or sound and pictures do not last equally long.",
    look=look,
)
