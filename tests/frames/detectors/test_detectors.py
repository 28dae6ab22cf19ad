"""Each detector fires on its own kind of garbage and is silent on pictures."""

import dataclasses

import numpy as np
import pytest

from compat.core.model import Severity
from compat.frames.clip import ClipInfo
from compat.frames.expectation import Expectation
from compat.frames.judge import detectors
from compat.frames.measures import measure_clip


def pixel_mosaic(clip):
    """Patches in the wrong order: a decoder that lost its 16 px patch grid."""
    rng = np.random.default_rng(0)
    rows, columns = clip.shape[1] // 16, clip.shape[2] // 16
    cut = clip[:, : rows * 16, : columns * 16]
    tiles = cut.reshape(len(cut), rows, 16, columns, 16, 3).swapaxes(2, 3)
    tiles = tiles.reshape(len(cut), rows * columns, 16, 16, 3)[:, rng.permutation(rows * columns)]
    return tiles.reshape(len(cut), rows, columns, 16, 16, 3).swapaxes(2, 3).reshape(cut.shape)


def overflown(clip):
    rng = np.random.default_rng(0)
    blobs = np.kron(rng.integers(0, 2, (6, 36, 64, 3)), np.ones((1, 4, 4, 1))) * 255
    return blobs.astype(np.uint8)


def a_still(clip):
    return np.repeat(clip[:1], 12, axis=0)


def as_it_is(clip):
    return clip


INFO = ClipInfo(path="clip.mp4", width=256, height=144, codec="h264", fps=50.0)

FIRES = [
    ("blank-frames", "black", as_it_is, Expectation()),
    ("nearly-solid", "blue haze", as_it_is, Expectation()),
    ("noise", "latent noise", as_it_is, Expectation()),
    ("stripes", "upright stripes", as_it_is, Expectation()),
    ("scrambled-rows", "wrong stride", as_it_is, Expectation()),
    ("lattice", "grain", pixel_mosaic, Expectation()),
    ("overflow", "landscape", overflown, Expectation()),
    ("flicker", "random flicker", as_it_is, Expectation()),
    ("unrelated-frames", "shuffled shots", as_it_is, Expectation()),
    ("frozen", "landscape", a_still, Expectation()),
    ("wrong-count", "landscape", as_it_is, Expectation(frames=25)),
    ("wrong-size", "landscape", as_it_is, Expectation(width=512)),
    ("wrong-rate", "landscape", as_it_is, Expectation(fps=25)),
    ("drift", "landscape", as_it_is, Expectation(reference={"luma_mean": 10.0})),
]
GIVEN = Expectation(fps=50, motion=True, reference={"saturation": 90.0})


@pytest.mark.parametrize(("name", "clip", "spoil", "expectation"), FIRES)
def test_a_detector_fires_on_its_kind(clips, name, clip, spoil, expectation):
    measures = measure_clip(spoil(clips(clip)), info=INFO)
    finding = detectors()[name].detect(measures, expectation)
    assert finding is not None
    assert finding.rule == name
    assert finding.severity.rank >= Severity.MEDIUM.rank
    assert finding.remedy


@pytest.mark.parametrize("name", [row[0] for row in FIRES])
@pytest.mark.parametrize("clip", ["cartoon 64x64x25", "cartoon 96x96x17", "landscape"])
def test_a_detector_is_silent_on_pictures(clips, name, clip):
    measures = measure_clip(clips(clip), info=INFO)
    reference = {key: measures.median(key) for key in ("luma_mean", "luma_std", "saturation")}
    given = dataclasses.replace(GIVEN, frames=measures.frames, reference=reference)
    assert detectors()[name].detect(measures, given) is None


def test_every_detector_has_a_row_here():
    assert sorted(row[0] for row in FIRES) == list(detectors())


def test_every_detector_documents_itself():
    assert [d.id for d in detectors().values() if len(d.doc) < 40] == []
