"""Scenes made from nothing are seeded clips that move; the autoencoder trained on them is one."""

import numpy as np
import pytest

from tools.taxonomy.linear_codec import linear_codec
from tools.taxonomy.scenes import GRAPHIC, NATURAL, SCENES

SIZE = (96, 144)


def drawn(name, seed, frames=4, size=SIZE):
    return SCENES[name](frames, *size, np.random.default_rng(seed))


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_has_the_size_and_length_asked_for(name):
    for frames, size in ((3, (64, 64)), (5, (90, 130)), (2, (128, 80))):
        clip = drawn(name, 0, frames, size)
        assert (clip.shape, clip.dtype) == ((frames, *size, 3), np.uint8)


@pytest.mark.parametrize("name", SCENES)
def test_a_seed_gives_the_same_scene_and_another_seed_another(name):
    first = drawn(name, 1)
    np.testing.assert_array_equal(first, drawn(name, 1))
    assert np.abs(first.astype(int) - drawn(name, 2)).mean() > 1


@pytest.mark.parametrize("name", SCENES)
def test_something_moves_in_every_frame_but_not_everything(name):
    clip = drawn(name, 3, frames=6).astype(int)
    change = np.abs(np.diff(clip, axis=0)).mean(axis=(1, 2, 3))
    assert (change > 0.05).all()
    assert change.max() < clip.std()


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_holds_light_and_dark(name):
    assert drawn(name, 4)[0].std() > 12


def test_scenes_differ_from_each_other():
    means = np.array([drawn(name, 5)[0].reshape(-1, 3).mean(0) for name in SCENES])
    assert len({tuple(mean.round(1)) for mean in means}) == len(SCENES)
    assert len(NATURAL) >= 6
    assert len(GRAPHIC) >= 4


@pytest.mark.parametrize("name", NATURAL)
def test_the_autoencoder_gives_a_scene_back(name):
    codec, clip = linear_codec(), drawn(name, 77)
    error = codec.decode(codec.encode(clip)).astype(float) - clip
    assert 20 * np.log10(255 / np.sqrt((error**2).mean())) > 20


def test_latents_have_about_unit_spread():
    latents = linear_codec().encode(drawn("landscape", 77))
    assert latents.shape == (4, 16, 12, 18)
    assert 0.5 < latents.std() < 2


def test_two_autoencoders_do_not_read_each_other():
    clip = drawn("spheres", 77)
    latents = linear_codec(0).encode(clip)
    right, wrong = (linear_codec(seed).decode(latents).astype(int) - clip for seed in (0, 1))
    assert np.abs(wrong).mean() > 4 * np.abs(right).mean()


def test_a_frame_is_decoded_on_its_own():
    codec = linear_codec()
    latents = codec.encode(drawn("road", 7))
    np.testing.assert_array_equal(codec.decode(latents)[2:3], codec.decode(latents[2:3]))
