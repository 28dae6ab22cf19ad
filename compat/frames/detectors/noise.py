"""Noise where a picture should be, sharp or smoothed by a decoder."""

import numpy as np

from compat.core.model import Finding
from compat.frames.detector import Detector, Evidence, Mask, above, below, finding_from, graded
from compat.frames.expectation import Expectation
from compat.frames.measures import ClipMeasures

# Log10 gradient kurtosis at 1/8 size (a Gaussian has 0.477) and variation of gradient energy over
# 16 px blocks of the quarter-size picture, both low for noise. Chosen on the fitting half
# (docs/judge.md): good clips reach down to 0.62 and 0.71 together, decoded noise stands at
# 0.46 to 0.58 and 0.40 to 0.70.
CERTAIN_8, CERTAIN_ENERGY = 0.58, 0.70
DOUBTFUL_8, DOUBTFUL_ENERGY = 0.62, 0.80
# Frames that also have nothing to do with the one before need less: no good clip of the fitting
# half is below 0.84 with a correlation below 0.4.
BOILING_8, BOILING_ENERGY, BOILING_CORRELATION = 0.72, 1.0, 0.4
# Small frames have too few samples at 1/8: quarter size and 8x8 block contrast instead.
SMALL_4, SMALL_BLOCKS = 0.62, 0.45
# Line drawings and edge maps are grey or have few levels (entropy in bits), with evenly spread
# edges; in noise the 8x8 blocks are all alike as well (good clips: 0.32 and above).
GREY, FEW_LEVELS, ALIKE_BLOCKS = 4.0, 2.0, 0.3
# Blocks this alike are pixel noise whatever the kurtosis says.
SAME_BLOCKS = 0.22


def detect(clip: ClipMeasures, _expectation: Expectation) -> Finding | None:
    """Find frames whose gradients are Gaussian and evenly spread at every coarse scale."""
    severity, frames = graded(noisy_frames(clip), doubtful_frames(clip))
    if severity is None:
        return None
    return finding_from(
        Evidence(
            rule="noise",
            severity=severity,
            seen=f"noise, gradients spread like chance (kurtosis {_kurtosis(clip, frames):.2f}, "
            "pictures are above 0.65), expected edges and flat places",
            remedy="check steps, scheduler and guidance, the scale of fp8 weights, and compare "
            "the latents with a CPU run of the same seed",
            stage="latent",
            frames=frames,
            numbers={
                name: clip.median(name, frames)
                for name in ("kurtosis_4", "kurtosis_8", "energy_variation_16", "block_variation")
                if np.isfinite(clip.median(name, frames))
            },
        ),
        clip,
    )


def noisy_frames(clip: ClipMeasures) -> Mask:
    """Return which frames are noise beyond reasonable doubt."""
    still = _spread_evenly(clip, CERTAIN_8, CERTAIN_ENERGY)
    boiling = _spread_evenly(clip, BOILING_8, BOILING_ENERGY)
    unrelated = below(clip.series("frame_correlation"), BOILING_CORRELATION)
    blocks, energy = clip.series("block_variation"), clip.series("energy_variation_16")
    tiny = np.isnan(energy) & below(clip.series("kurtosis_4"), SMALL_4)
    alike = below(blocks, SAME_BLOCKS) & ~above(energy, CERTAIN_ENERGY)
    small = tiny & below(blocks, SMALL_BLOCKS) & ~_drawn(clip)
    mask: Mask = still | (boiling & unrelated) | small | alike
    return mask


def doubtful_frames(clip: ClipMeasures) -> Mask:
    """Return which frames are noise or close to it."""
    mask: Mask = noisy_frames(clip) | _spread_evenly(clip, DOUBTFUL_8, DOUBTFUL_ENERGY)
    return mask


def _spread_evenly(clip: ClipMeasures, kurtosis: float, energy: float) -> Mask:
    even = below(clip.series("energy_variation_16"), energy)
    mask: Mask = below(clip.series("kurtosis_8"), kurtosis) & even & ~_drawn(clip)
    return mask


def _drawn(clip: ClipMeasures) -> Mask:
    plain = below(clip.series("saturation"), GREY) | below(clip.series("entropy"), FEW_LEVELS)
    mask: Mask = plain & ~below(clip.series("block_variation"), ALIKE_BLOCKS)
    return mask


def _kurtosis(clip: ClipMeasures, frames: Mask) -> float:
    coarse = clip.series("kurtosis_8")[frames]
    known = coarse[np.isfinite(coarse)]
    return float(np.median(known if known.size else clip.series("kurtosis_4")[frames]))


DETECTOR = Detector(
    id="noise",
    doc="Noise instead of a picture: pixel noise, colour noise, or latents that were never "
    "denoised and that the decoder made smooth. Pictures have edges next to flat places at every "
    "scale; noise has the same small differences everywhere, which shows after averaging by four "
    "and eight even when the decoder has smoothed it.",
    detect=detect,
)
