"""Looking at few frames in full gives the verdict of looking at all."""

from dataclasses import replace

import numpy as np
import pytest

from compat.frames.adaptive import EVERY, FEWEST, measure_adaptively
from compat.frames.clip import Clip, ClipInfo
from compat.frames.encode import write_mp4
from compat.frames.expectation import Expectation
from compat.frames.judge import JudgeVerdict, judge_clip, judge_file
from compat.frames.measures import measure_clip
from tests.frames.conftest import landscape

LENGTH = 96


@pytest.fixture(scope="module")
def pan():
    return landscape(96, 160, LENGTH)


def clip_of(frames, declared=None):
    info = ClipInfo(
        path="clip", width=frames.shape[2], height=frames.shape[1], codec="array",
        declared_frames=declared,
    )  # fmt: skip
    return Clip(info, lambda _findings: iter(frames))


def told(judgement):
    """Return all but the values per frame, which may be NaN and then equal nothing."""
    return replace(judgement, per_frame={})


def spoilt(pan, first, last):
    noise = np.random.default_rng(1).integers(0, 256, pan.shape, np.uint8)
    clip = pan.copy()
    clip[first:last] = noise[first:last]
    return clip


def test_a_good_clip_is_good_by_few_frames(pan):
    judged = judge_clip(clip_of(pan), adaptive=True)
    assert judged.verdict is JudgeVerdict.GOOD
    assert judged.frames == LENGTH
    assert judged.analysed <= LENGTH // 8


def test_what_was_not_analysed_is_not_shown_as_if_it_were(pan):
    judged = judge_clip(clip_of(pan), adaptive=True)
    known = np.isfinite(judged.per_frame["kurtosis_4"])
    assert known.sum() == judged.analysed
    assert np.isfinite(judged.per_frame["luma_mean"]).all()


def test_frames_that_were_analysed_have_the_values_of_every_frame_judging(pan):
    few, all_of_them = measure_adaptively(clip_of(pan)), measure_clip(pan)
    for name in ("kurtosis_4", "step", "two_step", "frame_correlation", "skew"):
        assert np.array_equal(
            few.series(name)[few.analysed],
            all_of_them.series(name)[few.analysed],
            equal_nan=True,
        )


@pytest.mark.parametrize(("first", "last"), [(0, LENGTH), (80, LENGTH), (34, 46), (0, 12)])
def test_noise_is_found_wherever_it_is_and_then_all_frames_are_analysed(pan, first, last):
    frames = spoilt(pan, first, last)
    judged, full = judge_clip(clip_of(frames), adaptive=True), judge_clip(clip_of(frames))
    assert told(judged) == told(full)
    assert judged.analysed is None
    assert judged.verdict is not JudgeVerdict.GOOD


def test_one_spoilt_corner_is_found_between_the_sampled_frames(pan):
    frames = pan.copy()
    frames[34:46, :48, :48] = np.random.default_rng(2).integers(0, 256, (12, 48, 48, 3))
    assert set(range(34, 36)) & set(measure_adaptively(clip_of(frames)).analysed.tolist())


def test_a_clip_that_stands_still_is_analysed_frame_by_frame(pan):
    still = np.repeat(pan[:1], LENGTH, axis=0)
    assert told(judge_clip(clip_of(still), adaptive=True)) == told(judge_clip(clip_of(still)))


def test_a_still_end_is_found_where_motion_was_ordered(pan):
    frames = pan.copy()
    frames[66:] = pan[66]
    expectation = Expectation(motion=True)
    judged = judge_clip(clip_of(frames), expectation, adaptive=True)
    assert told(judged) == told(judge_clip(clip_of(frames), expectation))
    assert judged.analysed is None


@pytest.mark.parametrize("declared", [None, FEWEST - 1])
def test_a_short_clip_is_analysed_frame_by_frame(pan, declared):
    short = pan[: FEWEST - 1]
    judged = judge_clip(clip_of(short, declared), adaptive=True)
    assert told(judged) == told(judge_clip(clip_of(short, declared)))


def test_nothing_is_nothing_in_both_ways(pan):
    none = pan[:0]
    assert told(judge_clip(clip_of(none), adaptive=True)) == told(judge_clip(clip_of(none)))


def test_cuts_are_analysed_but_not_without_end(pan):
    cuts = np.concatenate([landscape(96, 160, 2, seed=seed) for seed in range(LENGTH // 2)])
    analysed = measure_adaptively(clip_of(cuts)).analysed
    assert LENGTH // EVERY + 1 < len(analysed) <= 2 * LENGTH // EVERY + 6


def test_a_file_is_seen_in_small_and_analysed_as_it_is(pan, tmp_path):
    path = tmp_path / "pan.mp4"
    write_mp4(pan, path, fps=24, crf=18)
    few, all_of_them = judge_file(path, adaptive=True), judge_file(path)
    assert (few.verdict, all_of_them.verdict) == (JudgeVerdict.GOOD, JudgeVerdict.GOOD)
    assert few.analysed < all_of_them.frames == few.frames
    brightness = np.array([few.per_frame["luma_mean"], all_of_them.per_frame["luma_mean"]])
    assert np.abs(brightness[0] - brightness[1]).max() < 3
