"""The judge tells video from garbage and never cries wolf."""

import numpy as np
import pytest

from compat.core.errors import NothingCheckedError
from compat.frames.expectation import Expectation
from compat.frames.judge import JudgeVerdict, judge


def rules(judgement):
    return {finding.rule for finding in judgement.findings}


def test_a_good_clip_is_good(good_clip):
    judgement = judge(good_clip)
    assert (judgement.verdict, rules(judgement)) == (JudgeVerdict.GOOD, set())


def test_a_good_clip_is_good_when_motion_is_expected(good_clip):
    assert judge(good_clip, Expectation(motion=True)).verdict is JudgeVerdict.GOOD


def test_a_harmless_clip_is_never_garbage(harmless_clip):
    assert judge(harmless_clip).verdict in {JudgeVerdict.GOOD, JudgeVerdict.SUSPECT}


def test_garbage_is_garbage_for_the_right_reason(garbage_clip):
    clip, rule = garbage_clip
    judgement = judge(clip)
    assert judgement.verdict is JudgeVerdict.GARBAGE
    assert rule in rules(judgement)
    assert judgement.worst_frames


def test_the_sentence_names_the_frames(clips):
    judgement = judge(clips("good, then black"))
    assert judgement.findings[0].message.startswith("frames 8-23: blank")


def test_a_stage_is_guessed(clips):
    assert judge(clips("latent noise")).findings[0].evidence["stage"] == "latent"


def test_a_still_is_garbage_only_where_motion_was_asked_for(clips):
    still = clips("still picture")
    assert judge(still).verdict is JudgeVerdict.SUSPECT
    assert judge(still, Expectation(motion=True)).verdict is JudgeVerdict.GARBAGE
    assert judge(still, Expectation(motion=False)).verdict is JudgeVerdict.GOOD


@pytest.mark.parametrize(
    ("expectation", "verdict"),
    [
        (Expectation(frames=25, width=64, height=64), JudgeVerdict.GOOD),
        (Expectation(frames=33), JudgeVerdict.GARBAGE),
        (Expectation(width=96), JudgeVerdict.GARBAGE),
        (Expectation(height=32), JudgeVerdict.GARBAGE),
    ],
)
def test_count_and_size_are_held_against_what_was_ordered(cartoon, expectation, verdict):
    assert judge(cartoon, expectation).verdict is verdict


def test_outside_its_distribution_a_model_is_not_judged_by_pictures(clips):
    judgement = judge(clips("latent noise"), Expectation(in_distribution=False))
    assert (judgement.verdict, rules(judgement)) == (JudgeVerdict.UNDECIDED, {"not-judged"})


def test_outside_its_distribution_blank_is_still_garbage(clips):
    unable = Expectation(in_distribution=False)
    assert judge(clips("black"), unable).verdict is JudgeVerdict.GARBAGE


def test_one_frame_is_undecided(clips):
    assert judge(clips("landscape")[:1]).verdict is JudgeVerdict.UNDECIDED


def test_one_ordered_frame_is_judged(clips):
    assert judge(clips("landscape")[:1], Expectation(frames=1)).verdict is JudgeVerdict.GOOD


@pytest.mark.parametrize("side", [1, 3, 8, 31])
def test_tiny_frames_are_undecided(side):
    clip = np.random.default_rng(0).integers(0, 255, (5, side, side, 3), np.uint8)
    assert judge(clip).verdict is JudgeVerdict.UNDECIDED


def test_a_changing_size_is_garbage(clips):
    frames = [*clips("landscape")[:4], *clips("cartoon 64x64x9")]
    judgement = judge(iter(frames))
    assert "wrong-size" in rules(judgement)
    assert judgement.verdict is JudgeVerdict.GARBAGE


def test_no_frames_at_all_is_refused_with_a_sentence():
    with pytest.raises(NothingCheckedError, match="no frames to judge"):
        judge(iter(()))


def test_ordered_frames_that_never_came_are_garbage():
    assert judge(iter(()), Expectation(frames=9)).verdict is JudgeVerdict.GARBAGE


class Tensor:
    """What a torch tensor on a device can do, without torch."""

    def __init__(self, values, *, moved=False):
        self.values, self.moved = values, moved

    def detach(self):
        return self

    def cpu(self):
        return Tensor(self.values, moved=True)

    def __array__(self, dtype=None, copy=None):
        assert self.moved, "can't convert a tensor on a device to numpy"
        return self.values

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return (Tensor(frame) for frame in self.values)


def test_tensors_on_a_device_are_judged_like_arrays(clips):
    assert judge(Tensor(clips("landscape"))).measures == judge(clips("landscape")).measures


def test_a_probability_comes_with_the_verdict(clips):
    assert judge(clips("landscape")).probability < 0.5
    assert judge(clips("latent noise")).probability >= 0.9
    assert judge(clips("black")).probability >= 0.9
    assert judge(clips("landscape")[:1]).probability is None


def test_a_frame_of_the_wrong_type_is_refused():
    with pytest.raises(ValueError, match="expected uint8 RGB"):
        judge([np.zeros((64, 64, 3), np.float32)])


def test_drift_is_told_against_the_first_window(clips):
    first = judge(clips("landscape")).measures
    paler = (clips("landscape") // 3).astype(np.uint8)
    assert judge(clips("landscape"), Expectation(reference=first)).verdict is JudgeVerdict.GOOD
    assert rules(judge(paler, Expectation(reference=first))) == {"drift"}


def test_every_measure_has_one_value_per_frame(cartoon):
    judgement = judge(cartoon)
    assert {len(values) for values in judgement.per_frame.values()} == {25}
