"""Frames, sides, tokens and strides follow the LTX arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compat.plan.geometry import (
    LTX,
    PictureRule,
    decoded_frames,
    is_legal_frames,
    latent_frames,
    longest_window,
    nearest_frames,
    nearest_sides,
    stride_of,
    target_frames,
    window_count,
    window_tokens,
)

WAN = PictureRule(space_multiple=16, frame_step=4, min_side=16)
ANIMATEDIFF = PictureRule(space_multiple=8, frame_step=1, frame_offset=0, max_frames=32)


@pytest.mark.parametrize(
    ("overlap", "overlap_latents", "stride_frames", "stride", "effective"),
    [
        (25, 4, 472, 18.88, 1.00),
        (50, 7, 448, 17.92, 1.96),
        (75, 10, 424, 16.96, 2.92),
        (100, 13, 400, 16.00, 3.88),
    ],
)
def test_the_497_frame_window_strides_as_its_source_table_says(
    overlap, overlap_latents, stride_frames, stride, effective
):
    found = stride_of(497, overlap)
    assert (found.window_latents, found.overlap_latents) == (63, overlap_latents)
    assert found.stride_frames == stride_frames
    assert found.stride_frames / 25 == pytest.approx(stride)
    assert found.overlap_frames / 25 == pytest.approx(effective)


@pytest.mark.parametrize(("overlap", "legal"), [(50, 49), (75, 73), (100, 97)])
def test_the_legal_overlap_below_has_the_same_stride(overlap, legal):
    assert nearest_frames(overlap)[0] == legal
    assert stride_of(497, legal) == stride_of(497, overlap)


@pytest.mark.parametrize(("frames", "floored"), [(16, 9), (10, 9), (8, 1), (33, 33), (1, 1)])
def test_frames_floor_the_way_diffusers_floors_them(frames, floored):
    assert decoded_frames(latent_frames(frames)) == floored


@pytest.mark.parametrize(
    ("frames", "rule", "nearest"),
    [
        (97, LTX, (97,)),
        (100, LTX, (97, 105)),
        (477, LTX, (473, 481)),
        (0, LTX, (1,)),
        (-5, LTX, (1,)),
        (81, WAN, (81,)),
        (80, WAN, (77, 81)),
        (16, ANIMATEDIFF, (16,)),
        (33, ANIMATEDIFF, (32,)),
        (0, ANIMATEDIFF, (1,)),
    ],
)
def test_the_nearest_legal_frame_counts(frames, rule, nearest):
    assert nearest_frames(frames, rule) == nearest


@pytest.mark.parametrize(
    ("pixels", "rule", "nearest"),
    [
        (720, LTX, (704, 736)),
        (704, LTX, (704,)),
        (32, LTX, (64,)),
        (480, WAN, (480,)),
        (850, WAN, (848, 864)),
        (5, WAN, (16,)),
    ],
)
def test_the_nearest_legal_sides(pixels, rule, nearest):
    assert nearest_sides(pixels, rule) == nearest


@pytest.mark.parametrize(("fps", "frames"), [(25, 497), (24, 473), (30, 593), (60, 1193)])
def test_the_longest_window_ends_where_the_positions_end(fps, frames):
    assert longest_window(fps) == frames
    assert frames / fps <= 20 < (frames + 8) / fps


@pytest.mark.parametrize(
    ("width", "height", "frames", "tokens"),
    [(832, 480, 497, 24_570), (832, 448, 497, 22_932), (768, 512, 121, 6_144), (64, 64, 33, 20)],
)
def test_tokens_of_a_window(width, height, frames, tokens):
    assert window_tokens(frames, width, height) == tokens


@given(st.integers(-100, 5000), st.sampled_from([LTX, WAN, ANIMATEDIFF]))
def test_every_neighbour_is_legal_itself_and_none_is_nearer(frames, rule):
    for neighbour in nearest_frames(frames, rule):
        assert is_legal_frames(neighbour, rule)
    if not is_legal_frames(frames, rule):
        between = range(min(nearest_frames(frames, rule)) + 1, max(nearest_frames(frames, rule)))
        assert not any(is_legal_frames(count, rule) for count in between)


@given(st.integers(1, 5000))
def test_latents_of_legal_frames_decode_to_the_same_frames(latents):
    assert latent_frames(decoded_frames(latents)) == latents


@given(st.integers(1, 100_000), st.integers(2, 80), st.integers(1, 79))
def test_the_fewest_windows_that_cover_the_frames_are_counted(frames, window, overlap):
    stride = stride_of(decoded_frames(window), decoded_frames(min(overlap, window - 1)))
    count = window_count(frames, stride)
    covered = decoded_frames(window) + (count - 1) * stride.stride_frames
    assert covered >= frames
    assert count == 1 or covered - stride.stride_frames < frames


def test_a_video_has_at_least_one_frame():
    assert target_frames(0.001, 25) == 1
    assert target_frames(10, 25) == 250
