"""The windows cover the video exactly once, and prompts snap to them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compat.core.errors import UsageError
from compat.plan.model import PromptAt, RenderPlan, SamplingPlan, VideoPlan, WindowPlan
from compat.plan.schedule import schedule, step_count
from compat.plan.template import EXAMPLE
from compat.plan.validate import is_legal, violations


def a_plan(*, seconds=10.0, fps=25.0, frames=33, overlap=9, prompts=((0.0, "a"),)):
    return RenderPlan(
        video=VideoPlan(seconds=seconds, fps=fps),
        window=WindowPlan(frames=frames, overlap=overlap),
        prompts=tuple(PromptAt(at=at, text=text) for at, text in prompts),
    )


@st.composite
def legal_plans(draw):
    latents = draw(st.integers(2, 63))
    overlap = draw(st.integers(1, latents - 1))
    return a_plan(
        seconds=draw(st.floats(0.04, 600, allow_nan=False)),
        fps=draw(st.sampled_from([8, 23.976, 24, 25, 29.97, 30, 60])),
        frames=8 * (latents - 1) + 1,
        overlap=8 * (overlap - 1) + 1,
    )


@given(legal_plans())
def test_new_frames_follow_each_other_without_gap_or_overlap(plan):
    windows = schedule(plan).windows
    assert windows[0].first_frame == 0
    for before, after in itertools.pairwise(windows):
        assert after.first_frame == before.end_frame
        assert after.first_new_latent == before.first_latent + before.latents


@given(legal_plans())
def test_the_target_is_covered_and_only_the_last_window_overshoots(plan):
    found = schedule(plan)
    assert found.target_frames == max(1, round(plan.video.seconds * plan.video.fps))
    assert found.windows[-1].first_frame < found.target_frames <= found.total_frames
    assert found.total_frames == 8 * (found.total_latents - 1) + 1
    assert found.trim_frames == sum(w.frames for w in found.windows) - found.target_frames


@given(legal_plans())
def test_strides_are_constant_and_windows_share_their_overlap(plan):
    found = schedule(plan)
    later = found.windows[1:]
    assert {w.frames for w in later} <= {found.stride_frames}
    assert {w.overlap_latents for w in later} <= {(plan.window.overlap - 1) // 8 + 1}
    for before, after in itertools.pairwise(found.windows):
        assert after.start_seconds - before.start_seconds == pytest.approx(found.stride_seconds)
        assert 8 * (after.first_latent - before.first_latent) == found.stride_frames
    assert found.stride_frames == plan.window.frames - plan.window.overlap


@given(
    legal_plans(), st.lists(st.floats(0, 1, exclude_max=True), max_size=6, unique=True).map(sorted)
)
def test_every_prompt_snaps_to_a_window_and_windows_take_the_latest(plan, shares):
    times = [0.0, *(share * plan.video.seconds for share in shares)]
    prompts = tuple((at, f"prompt {i}") for i, at in enumerate(times))
    found = schedule(
        a_plan(
            seconds=plan.video.seconds,
            fps=plan.video.fps,
            frames=plan.window.frames,
            overlap=plan.window.overlap,
            prompts=prompts,
        )
    )
    for window in found.windows:
        begun = [b for b in found.boundaries if b.window <= window.index]
        assert window.prompt == begun[-1].text
    seen = {window.prompt for window in found.windows}
    assert seen == {boundary.text for boundary in found.boundaries if boundary.used}


def test_the_default_plan_is_legal_and_has_eleven_windows():
    found = schedule(EXAMPLE)
    assert is_legal(violations(EXAMPLE))
    assert (len(found.windows), found.total_latents, found.total_frames) == (11, 35, 273)
    assert (found.target_frames, found.trim_frames, found.stride_seconds) == (250, 23, 0.96)
    assert found.window_tokens == 20


def test_a_prompt_at_75_seconds_moves_to_71_68_in_the_published_grid():
    plan = a_plan(seconds=180, frames=497, overlap=49, prompts=((0, "a"), (75, "b")))
    boundary = schedule(plan).boundaries[1]
    assert boundary.window == 4
    assert boundary.snapped_seconds == pytest.approx(71.68)
    assert boundary.shift_seconds == pytest.approx(-3.32)
    assert boundary.visible_seconds == pytest.approx(71.68 + 49 / 25)


def test_halves_snap_to_the_even_window():
    plan = a_plan(prompts=((0, "a"), (0.48, "b"), (1.44, "c")))
    assert [b.window for b in schedule(plan).boundaries] == [0, 0, 2]


def test_where_two_prompts_meet_the_later_wins():
    found = schedule(a_plan(prompts=((0, "a"), (0.3, "b"), (5, "c"))))
    assert [b.used for b in found.boundaries] == [False, True, True]
    assert found.windows[0].prompt == "b"


def test_a_prompt_past_the_last_start_takes_the_last_window():
    plan = a_plan(seconds=1.9, frames=33, overlap=1, prompts=((0, "a"), (1.89, "b")))
    found = schedule(plan)
    assert len(found.windows) == 2
    assert found.boundaries[1].window == 1


def test_a_short_video_takes_one_window():
    found = schedule(a_plan(seconds=0.5))
    assert len(found.windows) == 1
    assert (found.target_frames, found.total_frames, found.trim_frames) == (12, 33, 21)


def test_a_final_sigma_of_zero_is_no_step():
    plan = RenderPlan(sampling=SamplingPlan(sigmas=(1.0, 0.5, 0.25, 0.0)))
    assert step_count(plan) == 3
    assert step_count(RenderPlan()) == 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"frames": 32},
        {"overlap": 10},
        {"overlap": 33},
        {"overlap": 0},
        {"fps": 0.0},
        {"fps": float("nan")},
        {"seconds": float("inf")},
        {"seconds": 80_000.0, "frames": 9, "overlap": 1},
    ],
)
def test_numbers_without_whole_latents_are_refused(wrong):
    with pytest.raises(UsageError, match="no whole-latent arithmetic"):
        schedule(a_plan(**wrong))
