"""One colour with faint noise or blur over it and no picture in it."""

from compat.core.model import Finding
from compat.frames.detector import Detector, Evidence, Mask, below, finding_from, graded
from compat.frames.detectors.blank_frames import FLAT
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Spread in grey levels after averaging by four, and log10 gradient kurtosis below which what is
# left has no edges. Chosen on the fitting half (docs/judge.md): title cards have a kurtosis of
# 2.5, the faintest good clip a spread of 7 with 1.3; decoded zero latents 3 with 0.6 to 1.0.
FAINT, EDGELESS = 4.0, 1.2
LOW, NOISY = 14.0, 0.7
# Half-way: edges are weak, but a foggy picture may be like this.
HAZY, SOFT = 9.0, 1.1
BLUE = 60.0
# Largest step between neighbours at quarter size, in grey levels, below which nothing in the frame
# has an edge. Chosen from good clips alone: but for black intros none of 598 is below 8.
NO_EDGE = 5.0
NEAR_BLACK, NEAR_WHITE = 12.0, 245.0


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find clips whose contrast is so low and so edgeless that nothing can be seen."""
    spread, kurtosis = clip.series("channel_std"), clip.series("kurtosis_4")
    blank = below(spread, FLAT)
    empty = below(spread, FAINT) & below(kurtosis, EDGELESS)
    haze = below(spread, LOW) & below(kurtosis, NOISY)
    certain = (empty | (haze & (clip.series("saturation") > BLUE))) & ~blank
    certain |= below(clip.series("edge_peak"), NO_EDGE) & ~blank & ~_fading(clip)
    doubtful = certain | haze | (below(spread, HAZY) & below(kurtosis, SOFT)) & ~blank
    severity, frames = graded(certain, doubtful)
    if severity is None:
        return None
    return finding_from(
        Evidence(
            rule="nearly-solid",
            severity=severity,
            seen=f"nearly one colour (spread {clip.median('channel_std', frames):.1f} of 255) with "
            "faint edgeless noise, expected a picture with edges",
            remedy="run one small clip on the CPU with the same seed and compare; check dtype "
            "support of the device and the scale of the latents",
            stage="latent",
            frames=frames,
            numbers={
                "channel_std": clip.median("channel_std", frames),
                "luma_std": clip.median("luma_std", frames),
                "kurtosis_4": clip.median("kurtosis_4", frames),
            },
        ),
        clip,
    )


def _fading(clip: ClipMeasures) -> Mask:
    """Frames as dark or bright as they come: on their way from or to black or white."""
    level = clip.series("luma_mean")
    fading: Mask = (level < NEAR_BLACK) | (level > NEAR_WHITE)
    return fading


DETECTOR = Detector(
    id="nearly-solid",
    doc="A single colour, often saturated blue, with faint noise that changes over time: what "
    "Wan 2.2 left on a device that computed wrongly without any error. The spread over all RGB "
    "values is high there, because the channels differ; the luma hardly varies.",
    detect=detect,
)
