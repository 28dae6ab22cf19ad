"""What each detector is worth alone: its share of its own kinds, and its false alarms."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from compat.core.model import Severity
from compat.frames.judge import detectors
from tools.judge_training.folds import kin_of
from tools.judge_training.measured import MeasuredClip

OWN: Mapping[str, tuple[str, ...]] = {
    "blank-frames": ("solid", "blank flicker", "constant latents"),
    "nearly-solid": ("faint", "residual", "constant latents", "small latents"),
    "blurred": ("collapse",),
    "noise": ("noise", "cells", "latent noise", "half denoised", "noise flicker"),
    "boiling": ("noise", "latent noise", "half denoised", "lost channels", "noise flicker"),
    "few-colours": ("cells",),
    "stripes": ("stripes", "latent rows"),
    "checkerboard": ("checkers",),
    "lattice": ("patches", "tokens", "checkers"),
    "tiles": ("tiles",),
    "scrambled-rows": ("rows", "planes", "sides"),
    "repeated-picture": ("reshaped latents", "planes"),
    "undecoded": ("undecoded",),
    "overflow": ("overflow", "overscale"),
    "wrapped-values": ("wrap",),
    "frozen": ("frozen",),
    "flicker": ("gain", "blank flicker", "noise flicker"),
    "unrelated-frames": ("disorder", "noise flicker"),
    "wrong-order": ("disorder",),
    "broken-off": ("tail", "first frame"),
    "decay": ("tail",),
    "lost-region": ("region",),
}
"""The kinds (with kin) a detector was written for. For those that are not named there are no clips
of their own kind in the set: loops, drift, wrong count, size and rate."""


def worth(clips: Sequence[MeasuredClip], scores: Mapping[str, NDArray[np.bool_]]) -> Iterator[str]:
    """Yield a table of every detector; ``scores`` holds what the score stops and suspects."""
    yield ""
    yield (
        "| detector | clips of its kinds | stopped | noticed | of all garbage noticed | "
        "false stops natural, graphic | suspect natural, graphic |"
    )
    yield "|---|---|---|---|---|---|---|"
    for name in detectors():
        levels = np.array([_level(clip, name) for clip in clips])
        if name == "unlike-video":
            levels = np.where(scores["stopped"], 2, np.where(scores["suspect"], 1, 0))
        yield _line(name, clips, levels)


def _level(clip: MeasuredClip, name: str) -> int:
    # Stills and loops are faults only where motion was ordered.
    severity = clip.ordered_found.get(name) if clip.garbage else clip.found.get(name)
    return 0 if severity is None else 2 if severity == Severity.HIGH.value else 1


def _line(name: str, clips: Sequence[MeasuredClip], levels: NDArray[np.int64]) -> str:
    bad = np.array([clip.garbage for clip in clips])
    own = np.array([clip.garbage and kin_of(clip.kind) in OWN.get(name, ()) for clip in clips])
    own = bad if name in {"unlike-video", "odd-entropy"} else own
    groups = [np.array([clip.good_group == group for clip in clips]) for group in GROUPS]
    stops = ", ".join(f"{_share(levels[group] == 2)}" for group in groups)
    doubts = ", ".join(f"{_share(levels[group] == 1)}" for group in groups)
    caught = f"{_share(levels[own] == 2)} | {_share(levels[own] > 0)}" if own.any() else "- | -"
    return (
        f"| `{name}` | {int(own.sum()) or 'none'} | {caught} | {_share(levels[bad] > 0)} | "
        f"{stops} | {doubts} |"
    )


GROUPS = ("natural", "graphic")


def _share(hits: NDArray[np.bool_]) -> str:
    return f"{float(hits.mean()):.1%}" if hits.size else "-"


def auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Return how often garbage has a higher value than a good clip; 0.5 is chance."""
    one, other = np.asarray(good), np.asarray(bad)
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    return float((one[None] < other[:, None]).mean() + 0.5 * (one[None] == other[:, None]).mean())
