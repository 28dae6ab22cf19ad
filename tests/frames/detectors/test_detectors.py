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


def shuffled_tiles(clip):
    rng = np.random.default_rng(0)
    rows, columns = clip.shape[1] // 32, clip.shape[2] // 32
    order = rng.permutation(rows * columns)
    cut = clip[:, : rows * 32, : columns * 32].reshape(len(clip), rows, 32, columns, 32, 3)
    tiles = cut.swapaxes(2, 3).reshape(len(clip), rows * columns, 32, 32, 3)[:, order]
    tiles = tiles.reshape(len(clip), rows, columns, 32, 32, 3).swapaxes(2, 3)
    return np.ascontiguousarray(tiles).reshape(len(clip), rows * 32, columns * 32, 3)


def a_still(clip):
    return np.repeat(clip[:1], 12, axis=0)


def a_loop(clip):
    return np.concatenate([clip[:12]] * 4)


def mixed(clip, seed=0):
    """Blobs of four sizes, as still as the clip is long: something for blocks to hold on to."""
    rng = np.random.default_rng(seed)
    field = sum(
        np.kron(rng.normal(0, 30, (1, 144 // s, 256 // s, 3)), np.ones((1, s, s, 1)))
        for s in (4, 8, 16)
    )
    return np.repeat(np.clip(128 + field, 0, 255).astype(np.uint8), len(clip), axis=0)


def boiling(clip):
    return np.concatenate([mixed(clip[:1], seed) for seed in range(12)])


def half_boiling(clip):
    spoilt = clip[:12].copy()
    spoilt[:, :, 128:] = boiling(clip)[:, :, 128:]
    return spoilt


def wrapped(clip):
    y, x = np.mgrid[0:144, 0:256]
    hills = [90 * np.sin((x + 4 * t) / 21) + 80 * np.sin(y / 17 + 1) for t in range(8)]
    shades = np.stack(hills)[..., None] * np.array([1.9, 1.2, 0.6]) + 200
    return shades.astype(np.int64).astype(np.uint8)


def on_a_board(clip):
    y, x = np.mgrid[0:144, 0:256]
    board = ((x // 4 + y // 4) % 2 * 2 - 1)[None, ..., None] * 40
    return np.clip(clip * 0.4 + 90 + board, 0, 255).astype(np.uint8)


def four_times(clip):
    small = clip[:, ::2, ::2]
    return np.concatenate([np.concatenate([small, small], axis=1)] * 2, axis=2)


def out_of_order(clip):
    return clip[np.random.default_rng(3).permutation(len(clip))]


def of_few_colours(clip):
    cells = np.random.default_rng(0).integers(0, 4, (8, 72, 128, 1)) * 60
    return np.kron(cells, np.ones((1, 2, 2, 3))).astype(np.uint8)


def undecoded(clip):
    rng = np.random.default_rng(0)
    cells = rng.uniform(0, 255, (8, 18, 32, 3))
    return np.kron(cells, np.ones((1, 8, 8, 1))).astype(np.uint8)


def blobs(clip):
    y, x = np.mgrid[0:144, 0:256]
    field = [120 + 40 * np.sin((x + 2 * t) / 60) + 30 * np.sin(y / 50) for t in range(8)]
    return np.repeat(np.stack(field)[..., None], 3, axis=3).astype(np.uint8)


def good_then_mush(clip):
    rng = np.random.default_rng(1)
    mush = np.kron(rng.normal(0, 40, (12, 36, 64, 3)), np.ones((1, 4, 4, 1)))
    for axis in (1, 2) * 3:
        mush = (mush + np.roll(mush, 1, axis) + np.roll(mush, -1, axis)) / 3
    mush = np.clip(128 + 40 * mush / mush.std(), 0, 255).astype(np.uint8)
    return np.concatenate([clip[:8], mush])


def decaying(clip):
    noise = np.random.default_rng(0).normal(0, 1, (len(clip), 36, 64, 3))
    noise = np.kron(noise, np.ones((1, 4, 4, 1)))
    amount = np.linspace(0, 1, len(clip))[:, None, None, None]
    return np.clip(clip * (1 - amount) + amount * 128 + amount * 60 * noise, 0, 255).astype(
        np.uint8
    )


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
    ("tiles", "landscape", shuffled_tiles, Expectation()),
    ("unlike-video", "latent noise", as_it_is, Expectation()),
    ("overflow", "landscape", overflown, Expectation()),
    ("flicker", "random flicker", as_it_is, Expectation()),
    ("unrelated-frames", "shuffled shots", as_it_is, Expectation()),
    ("frozen", "landscape", a_still, Expectation()),
    ("looped", "landscape", a_loop, Expectation()),
    ("boiling", "landscape", boiling, Expectation()),
    ("lost-region", "landscape", half_boiling, Expectation()),
    ("wrapped-values", "landscape", wrapped, Expectation()),
    ("checkerboard", "landscape", on_a_board, Expectation()),
    ("repeated-picture", "landscape", four_times, Expectation()),
    ("wrong-order", "landscape", out_of_order, Expectation()),
    ("few-colours", "landscape", of_few_colours, Expectation()),
    ("undecoded", "landscape", undecoded, Expectation()),
    ("blurred", "landscape", blobs, Expectation()),
    ("broken-off", "landscape", good_then_mush, Expectation()),
    ("decay", "landscape", decaying, Expectation()),
    ("odd-entropy", "grey noise", as_it_is, Expectation()),
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


def test_a_loop_is_garbage_only_where_motion_was_ordered(clips):
    measures = measure_clip(a_loop(clips("landscape")))
    detect = detectors()["looped"].detect
    assert detect(measures, Expectation(frames=48)).severity is Severity.MEDIUM
    assert detect(measures, Expectation(frames=48, motion=True)).severity is Severity.HIGH
    assert detect(measures, Expectation(motion=False)) is None


def pixel_art(clip):
    return clip[:, ::8, ::8].repeat(8, axis=1).repeat(8, axis=2)


def test_large_pixels_are_no_tiles(clips):
    measures = measure_clip(pixel_art(clips("grain")), info=INFO)
    assert detectors()["tiles"].detect(measures, Expectation()) is None


def test_planes_read_as_pixels_are_told_at_sizes_that_three_does_not_divide():
    # Rows alike from one to the next, as in large pictures: three of them make one wrong row.
    clip = np.random.default_rng(0).normal(0, 1, (8, 144, 250, 1)) * np.array([1, 0.8, 0.6])
    for axis in (1, 2) * 12:
        clip = (clip + np.roll(clip, 1, axis) + np.roll(clip, -1, axis)) / 3
    clip = (128 + 40 * clip / clip.std()).clip(0, 255).astype(np.uint8)
    planes = np.ascontiguousarray(clip.transpose(0, 3, 1, 2)).reshape(clip.shape)
    finding = detectors()["scrambled-rows"].detect(measure_clip(planes), Expectation())
    assert finding is not None
    assert finding.severity is Severity.HIGH
    assert "nine times" in finding.message


def test_a_frame_without_any_edge_is_nearly_solid():
    y, x = np.mgrid[0:144, 0:256]
    haze = np.repeat((110 + x / 20 + y / 30)[None, ..., None], 12, axis=0) + np.zeros(3)
    finding = detectors()["nearly-solid"].detect(measure_clip(haze.astype(np.uint8)), Expectation())
    assert finding is not None
    assert finding.severity is Severity.HIGH


@pytest.mark.parametrize("name", [row[0] for row in FIRES])
@pytest.mark.parametrize("clip", ["cartoon 64x64x25", "cartoon 96x96x17", "landscape"])
def test_a_detector_is_silent_on_pictures(clips, name, clip):
    measures = measure_clip(clips(clip), info=INFO)
    reference = {key: measures.median(key) for key in ("luma_mean", "luma_std", "saturation")}
    given = dataclasses.replace(GIVEN, frames=measures.frames, reference=reference)
    assert detectors()[name].detect(measures, given) is None


def test_every_detector_has_a_row_here():
    assert sorted(row[0] for row in FIRES) == sorted(detectors())


def test_every_detector_documents_itself():
    assert [d.id for d in detectors().values() if len(d.doc) < 40] == []
