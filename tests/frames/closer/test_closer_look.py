"""A closer look takes frames evenly from any length, and its measures tell what they are for."""

import numpy as np
import pytest

from compat.frames.closer.copies import copy_measures
from compat.frames.closer.grids import Profiles, checkerboard, grid_measures
from compat.frames.closer.look import LOOKED_AT, CloserLook
from compat.frames.closer.motion import motion_measures
from compat.frames.closer.palette import palette_measures
from compat.frames.closer.regions import split
from compat.frames.closer.slant import slant_measures
from compat.frames.closer.texture import boxed, texture_measures
from compat.frames.closer.wrapping import wrap_measures
from compat.frames.scales import scales_of


def noise(*shape, seed=0, deviation=40.0):
    return np.random.default_rng(seed).normal(128, deviation, shape).astype(np.float32)


def smooth(field, times=3):
    for axis in (0, 1) * times:
        field = (field + np.roll(field, 1, axis) + np.roll(field, -1, axis)) / 3
    return field.astype(np.float32)


@pytest.mark.parametrize("length", [1, 5, 16, 17, 100])
def test_few_frames_are_held_whatever_the_length(length, clips):
    frame = clips("landscape")[0]
    scales = scales_of(frame)
    look = CloserLook()
    for _ in range(length):
        look.see(scales)
    assert len(look._samples) <= 2 * LOOKED_AT
    assert len(look._samples) >= min(length, LOOKED_AT)
    assert look.measures()["unexplained"] < 0.1 or length == 1


def test_frames_too_small_to_look_at_are_left_out():
    look = CloserLook()
    frame = np.zeros((16, 16, 3), np.uint8)
    look.see(scales_of(frame))
    assert look.measures() == {}


def test_a_size_that_changes_breaks_nothing(clips):
    look = CloserLook()
    for frame in (*clips("landscape")[:3], *clips("cartoon 64x64x9")[:3]):
        look.see(scales_of(frame))
    assert look.measures()


def test_a_picture_beside_itself_is_a_copy():
    half = smooth(noise(80, 60), 1)
    twice = copy_measures(np.concatenate([half, half], axis=1))
    once = copy_measures(smooth(noise(80, 120, seed=1), 1))
    assert twice["copies_sideways"] > 0.8
    assert once["copies"] < 0.5


def test_a_shift_is_motion_and_noise_is_not():
    wide = smooth(noise(64, 140), 2)
    moved, _ = motion_measures(wide[:, 2:130], wide[:, :128])
    boiled, _ = motion_measures(wide[:, :128], smooth(noise(64, 128, seed=9), 2))
    assert moved["explained"] > 0.8
    assert moved["motion_rough"] < 0.1
    assert boiled["motion_rough"] > 0.5
    assert boiled["unexplained"] > moved["unexplained"]


def test_the_first_frame_has_no_motion():
    measures, left = motion_measures(noise(64, 64), None)
    assert np.isnan(list(measures.values())).all()
    assert left is None


def test_a_grid_stands_out_of_moving_edges():
    plain, gridded = Profiles(), Profiles()
    for seed in range(6):
        picture = smooth(noise(128, 192, seed=seed), 2)
        plain.add(picture)
        picture = picture.copy()
        picture[::8] += 30
        picture[:, ::8] += 30
        gridded.add(picture)
    assert grid_measures(gridded)["grid_8"] > 1
    assert grid_measures(plain)["grid_8"] < 0.8


@pytest.mark.parametrize("side", [1, 2, 4, 8])
def test_squares_by_turns_are_a_checkerboard(side):
    y, x = np.mgrid[0:128, 0:128]
    board = ((x // side + y // side) % 2 * 60).astype(np.float32)
    assert checkerboard(board + noise(128, 128, deviation=3)) > 0.5
    assert checkerboard(smooth(noise(128, 128))) == 0


def test_a_flat_picture_is_no_checkerboard():
    assert checkerboard(np.full((128, 128), 90, np.float32)) == 0


def test_a_straight_border_explains_two_halves_and_nothing_else():
    halves = np.zeros((8, 12), np.float32)
    halves[:, 5:] = 1
    assert split(halves)[0] > 0.95
    assert split(noise(8, 12))[0] < 0.6


def test_values_that_come_round_are_told_from_edges():
    y, x = np.mgrid[0:96, 0:128]
    slope = (x * 4 + y)[..., None] * np.array([1.0, 0.7, 0.4])
    edges = np.where((x // 16 % 2)[..., None] * np.ones(3) > 0, 250, 5)
    assert wrap_measures(slope.astype(np.int64).astype(np.uint8))["wrapped"] > 0.004
    assert wrap_measures(edges.astype(np.uint8)) == {"lone_jumps": 0, "wrapped": 0}


def test_texture_tells_noise_from_edges():
    y, x = np.mgrid[0:96, 0:96]
    disc = (np.hypot(x - 48, y - 48) < 30).astype(np.float32) * 100
    of_noise, of_disc = (texture_measures(p, "q") for p in (noise(96, 96), boxed(disc, 1)))
    assert of_noise["q_irregular"] > of_disc["q_irregular"] + 0.1
    assert of_noise["q_evenness"] > of_disc["q_evenness"]
    assert abs(of_noise["q_links"]) < 0.2


def test_a_box_is_a_mean():
    picture = noise(20, 30)
    expected = picture[7:14, 12:19].mean()
    assert boxed(picture)[10, 15] == pytest.approx(expected, rel=1e-4)


def test_white_with_full_channels_is_bleached():
    planes = np.full((3, 40, 40), 255, np.float32)
    planes[2, :10] = 40
    ink = np.full((3, 40, 40), 255, np.float32)
    ink[:, :10] = 40
    bleached, drawn = (palette_measures(p, p.mean(axis=0)) for p in (planes, ink))
    assert (bleached["bleached_share"], drawn["bleached_share"]) == (1, 0)
    assert bleached["white_share"] == drawn["white_share"] == 0.75


def test_bright_skies_and_negatives_differ_in_bright_colour():
    grey = np.linspace(0, 255, 1600, dtype=np.float32).reshape(40, 40)
    fading = np.stack([grey, grey, np.full_like(grey, 255)])
    assert palette_measures(fading, grey)["bright_colour"] < -0.5
    assert palette_measures(255 - fading, 255 - grey)["bright_colour"] > 0.5


def test_rows_that_slip_are_told_from_upright_pictures():
    upright = smooth(noise(96, 128), 6)
    leaning = np.stack([np.roll(row, y // 2 * 2) for y, row in enumerate(upright)])
    straight, slipped = slant_measures(upright), slant_measures(leaning)
    assert slipped["slip"] > 0.1
    assert straight["slip"] < 0
    assert slipped["slant"] > straight["slant"] + 0.2


def test_a_frame_picked_from_a_clip_is_compared_with_the_one_before_it(clips):
    frames = [scales_of(frame) for frame in clips("landscape")[:6]]
    look = CloserLook()
    look.look_at(frames[0], None)
    look.look_at(frames[5], frames[4])
    assert look.measures()["unexplained"] < 0.5
