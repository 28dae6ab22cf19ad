"""Frames of a single colour."""

import numpy as np

from compat.core.model import Confidence, Finding, Severity
from compat.frames.detector import (
    Detector,
    Evidence,
    Mask,
    above,
    below,
    finding_from,
    tail_length,
)
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures
from compat.frames.ranges import runs_of

# Grey levels of spread within the frame, per channel. Encoders leave up to 0.9 on black; the
# faintest legitimate pictures (a title on black, one dot on white) have 3.9 and more.
FLAT = 1.5
# A coloured blank is never a fade; black and white may be one.
COLOURED = 40.0
# Flashes of lightning and strobes are white; what fails comes out black or coloured.
WHITE = 200.0
# A cut or a fade leaves one or two black frames; more of them are an intro.
BLANK_INTRO = 3
# From one frame to the next a fade changes by a few levels, a dead decoder by the whole picture.
ABRUPT = 12.0
# Blank frames come and go in old games too: a quarter of the frames, in four runs.
OFTEN, RUNS = 0.3, 4


def detect(clip: ClipMeasures, expectation: Expectation) -> Finding | None:
    """Find clips that are blank, go blank abruptly, or flicker to blank."""
    blank = below(clip.series("channel_std"), FLAT)
    intro = tail_length(blank[::-1])
    if expectation.black_intro is True and intro < blank.size:
        blank[:intro] = False
    severity = _severity(clip, blank)
    if expectation.black_intro is False and intro >= BLANK_INTRO:
        severity = Severity.HIGH
    if severity is None:
        return None
    level = float(clip.series("luma_mean")[blank].mean())
    return finding_from(
        Evidence(
            rule="blank-frames",
            severity=severity,
            confidence=Confidence.HIGH,
            seen=f"blank, one colour of brightness {level:.0f} of 255, expected a picture",
            remedy="look for NaN in the latents or the decoder (decode in float32); "
            "a tail that goes blank points at the VAE's temporal tiles",
            stage="decode",
            frames=blank,
            numbers={"share": float(blank.mean()), "brightness": level},
        ),
        clip,
    )


def _severity(clip: ClipMeasures, blank: Mask) -> Severity | None:
    share = float(blank.mean()) if blank.size else 0.0
    if share == 0:
        return None
    tail = tail_length(blank)
    coloured = bool(above(clip.series("saturation"), COLOURED)[blank].all())
    level = float(clip.series("luma_mean")[blank].mean())
    if share >= 0.9 or (_comes_and_goes(blank) and (coloured or level < WHITE)):
        return Severity.HIGH
    if tail >= 3 and _abrupt(clip, blank.size - tail) and (coloured or tail >= 0.5 * blank.size):
        return Severity.HIGH
    long_enough = share >= 0.5 or (tail >= 3 and _abrupt(clip, blank.size - tail))
    long_enough = long_enough or _comes_and_goes(blank)
    return Severity.MEDIUM if long_enough else None


def _comes_and_goes(blank: Mask) -> bool:
    return float(blank.mean()) >= OFTEN and len(runs_of(np.flatnonzero(blank).tolist())) >= RUNS


def _abrupt(clip: ClipMeasures, first: int) -> bool:
    return first > 0 and float(np.nan_to_num(clip.series("step")[first], nan=255.0)) > ABRUPT


DETECTOR = Detector(
    id="blank-frames",
    doc="Frames of one colour: black, grey, green or white, the whole clip or its end. NaN in the "
    "latents or in the decoder comes out as black. A fade or a short black frame stays silent.",
    detect=detect,
    hard=True,
)
