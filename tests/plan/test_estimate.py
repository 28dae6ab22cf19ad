"""Estimates follow the stated scaling law and say what they do not know."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compat.plan.estimate import Costs, Sample, disk_bytes, estimate, latent_disk_bytes, step_law
from compat.plan.model import OutputPlan, VideoPlan, WindowPlan
from compat.plan.schedule import schedule
from compat.plan.template import EXAMPLE

PLAN = replace(
    EXAMPLE,
    video=VideoPlan(width=512, height=320, seconds=20),
    window=WindowPlan(frames=97, overlap=25),
)
LAYOUT = schedule(PLAN)  # 7 windows of 13 latents, 160 tokens each
WHOLE = Sample(tokens=2080, step_seconds=0.5, prepare_seconds=1.0, decode_seconds=4.16)
SMALL = Sample(tokens=100, step_seconds=0.01, peak_memory_bytes=1000)


def test_a_clip_of_a_whole_window_is_scaled_by_nothing():
    costs = Costs(
        samples=(WHOLE,),
        load_seconds=3,
        judge_seconds_per_frame=0.01,
        encode_seconds_per_frame=0.02,
    )
    assert len(LAYOUT.windows) == 7
    assert LAYOUT.window_tokens == WHOLE.tokens
    expected = 7 * 20 * 0.5 + 7 * 1.0 + 3 + 7 * 4.16 + LAYOUT.total_frames * 0.03
    found = estimate(LAYOUT, costs)
    assert found.seconds == pytest.approx(expected)
    assert "measured on a clip of a whole window" in found.basis
    assert "without" not in found.basis


def test_parts_that_were_not_measured_are_named():
    found = estimate(LAYOUT, Costs(samples=(SMALL,)))
    assert "without loading, decoding, judging, encoding" in found.basis


def test_nothing_measured_is_nothing_known_but_disk():
    found = estimate(LAYOUT, Costs())
    assert (found.seconds, found.peak_memory_bytes) == (None, None)
    assert found.disk_bytes == disk_bytes(LAYOUT, PLAN)
    assert "no clip was timed" in found.basis


@given(st.floats(1e-6, 1), st.floats(1e-9, 1e-3), st.integers(1, 500), st.integers(501, 3000))
def test_two_sizes_give_back_the_law_they_were_made_by(linear, quadratic, small, large):
    samples = tuple(
        Sample(tokens=n, step_seconds=linear * n + quadratic * n * n) for n in (large, small)
    )
    law = step_law(samples, 20_000)
    assert law is not None
    expected = linear * 20_000 + quadratic * 20_000**2
    assert "quadratic share of attention" in law.basis
    assert law.of(20_000) == pytest.approx(expected, rel=1e-4)


def test_one_size_gives_a_line_and_says_so():
    found = step_law((SMALL,), 2080)
    assert found is not None
    assert found.of(2080) == pytest.approx(0.208)
    assert "only one size was measured" in found.basis


def test_two_sizes_that_hide_attention_give_the_line_through_the_larger():
    found = step_law((SMALL, Sample(tokens=200, step_seconds=0.012)), 2000)
    assert found is not None
    assert found.of(2000) == pytest.approx(0.12)
    assert "too small to show" in found.basis


def test_one_size_measured_twice_is_one_size():
    found = step_law((SMALL, SMALL), 2080)
    assert found is not None
    assert "only one size" in found.basis


@pytest.mark.parametrize(
    ("samples", "weights", "peak", "words"),
    [
        ((SMALL,), None, None, "not how it grows"),
        ((SMALL,), 400, 400 + round(600 * 20.8), "over the weights"),
        ((SMALL, Sample(tokens=200, step_seconds=1, peak_memory_bytes=1500)), None, 10_900, "line"),
        ((Sample(tokens=4000, step_seconds=1, peak_memory_bytes=77),), None, 77, "measured"),
        ((WHOLE,), None, None, "no peak"),
    ],
)
def test_peak_memory_is_measured_or_grown_or_unknown(samples, weights, peak, words):
    found = estimate(LAYOUT, Costs(samples=samples, weight_bytes=weights))
    assert found.peak_memory_bytes == peak
    assert words in found.basis


def test_memory_that_shrank_with_size_is_not_extrapolated_downwards():
    samples = (SMALL, Sample(tokens=200, step_seconds=1, peak_memory_bytes=900))
    assert estimate(LAYOUT, Costs(samples=samples)).peak_memory_bytes == 900


def test_judging_scales_with_pixels():
    half = Costs(samples=(WHOLE,), judge_seconds_per_frame=0.01, frame_pixels=512 * 160)
    full = Costs(samples=(WHOLE,), judge_seconds_per_frame=0.02)
    assert estimate(LAYOUT, half).seconds == pytest.approx(estimate(LAYOUT, full).seconds)


def test_latents_on_disk_are_exact():
    latents = 13 + 6 * 9
    assert latent_disk_bytes(LAYOUT) == latents * 160 * 128 * 4
    measured = estimate(LAYOUT, Costs(bytes_per_latent=0)).disk_bytes
    assert disk_bytes(LAYOUT, PLAN) - measured == latent_disk_bytes(LAYOUT)


def test_better_quality_takes_more_disk():
    lossless = replace(PLAN, output=OutputPlan(crf=0))
    assert disk_bytes(LAYOUT, lossless) > disk_bytes(LAYOUT, PLAN)


@given(st.floats(0.1, 100), st.floats(0.1, 100))
def test_a_longer_video_never_costs_less(one, other):
    costs = Costs(samples=(WHOLE,), load_seconds=1)
    shorter, longer = (
        estimate(schedule(replace(PLAN, video=replace(PLAN.video, seconds=s))), costs)
        for s in sorted((one, other))
    )
    assert shorter.seconds <= longer.seconds
    assert shorter.disk_bytes <= longer.disk_bytes
