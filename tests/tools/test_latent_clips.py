"""Autoencoders of real classes pass pictures without training; faults around them are visible."""

import json
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("diffusers")

from tools.judge_training.autoencoders import autoencoders
from tools.judge_training.decoder_faults import DECODER_FAULTS, of_another
from tools.judge_training.make_autoencoder import made
from tools.judge_training.make_latent import LIKE_ITS_BASE, Base, kinds, likeness, make
from tools.judge_training.material import Item
from tools.judge_training.real_families import FAMILIES

AROUND = {name: fault for table in DECODER_FAULTS.values() for name, fault in table.items()}


def soft_clips(count, frames=9, side=96):
    """Soft blobs of colour that drift: what an 8 px latent can hold."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:side, 0:side] / side
    t = np.arange(frames)[:, None, None]
    clips = []
    for _ in range(count):
        waves = [
            np.sin(2 * np.pi * (a * x + b * y + c * t / 60 + d))
            for a, b, c, d in rng.uniform(-1.5, 1.5, (3, 4))
        ]
        clips.append(np.stack(waves, -1) * rng.uniform(40, 100) + 128)
    return np.stack(clips).astype(np.uint8)


@pytest.fixture(scope="module")
def clips():
    return soft_clips(40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, clips):
    folder = tmp_path_factory.mktemp("coders")
    for family in ("sd", "ltx"):
        made(family, clips)[0].save_pretrained(folder / family)
    return folder


@pytest.fixture(scope="module")
def coders(folder):
    return {coder.name: coder for coder in autoencoders(folder)}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_passes_clips_it_was_not_made_from(family, clips):
    vae, ratio = made(family, clips)
    assert ratio > 25
    assert type(vae).__name__.startswith("AutoencoderKL")


@pytest.mark.parametrize("name", ["sd", "ltx"])
def test_what_was_saved_is_read_with_its_statistics(name, coders, clips):
    coder = coders[name]
    clip = clips[-1][: coder.frames]
    z = coder.encode(clip)
    assert z.ndim == 4
    assert coder.spread.shape == (1, z.shape[1], 1, 1)
    assert 0.2 < z.std() < 3
    shown = coder.decode(z)
    assert (shown.dtype, shown.shape) == (np.uint8, clip.shape)
    assert likeness(shown, clip) > 25


@pytest.mark.parametrize("name", AROUND)
def test_a_fault_around_the_decoder_shows_and_leaves_it_whole(name, coders, clips):
    coder, clip = coders["sd"], clips[-1][:3]
    z = coder.encode(clip)
    before = {key: value.clone() for key, value in coder.network.state_dict().items()}
    spoilt = AROUND[name](coder, z, np.random.default_rng(2))
    assert (spoilt.dtype, spoilt.ndim) == (np.uint8, 4)
    assert min(spoilt.shape[1:3]) >= 32
    assert likeness(spoilt, clip) < 25
    assert all((value == before[key]).all() for key, value in coder.network.state_dict().items())


def test_latents_of_another_family_are_no_picture(coders, clips):
    clip = clips[-1]
    shown = of_another(coders["sd"], coders["ltx"], clip)
    assert shown.shape[1:] == clip.shape[1:]
    assert likeness(shown, clip) < LIKE_ITS_BASE


@pytest.fixture
def base(coders, clips, tmp_path):
    item = Item(
        path=tmp_path / "x.gif", label="good", kind="collected", family="good", domain="natural",
        source="owner/name",
    )  # fmt: skip
    clip = clips[-1][:5]
    latents = coders["sd"].encode(clip)
    return Base(item=item, clip=clip, latents=latents, whole=coders["sd"].decode(latents))


def numbered(name):
    return [kind for _, kind in kinds()].index(name)


def test_a_made_clip_says_what_it_is(coders, base, tmp_path):
    line = make(numbered("pure_noise"), base, coders["sd"], [], tmp_path, np.random.default_rng(0))
    assert line.endswith("made")
    (told,) = tmp_path.glob("*.json")
    about = json.loads(told.read_text())
    assert about["label"] == "garbage"
    assert (about["kind"], about["source"]) == ("lat_pure_noise", "owner/name")
    assert (tmp_path / about["file"]).exists()


def test_a_fault_that_does_not_show_makes_no_garbage(coders, base, tmp_path):
    whole = replace(coders["sd"], decode=lambda _: base.whole)
    line = make(numbered("negated"), base, whole, [], tmp_path, np.random.default_rng(0))
    assert "like its base" in line
    assert list(tmp_path.iterdir()) == []


def test_order_is_not_lost_where_nothing_moves(coders, base, tmp_path):
    still = replace(base, clip=base.clip[:1].repeat(5, axis=0))
    line = make(numbered("order_lost"), still, coders["sd"], [], tmp_path, np.random.default_rng(0))
    assert "stands still" in line


def test_no_fault_is_called_like_another():
    names = [name for _, name in kinds()]
    assert len(set(names)) == len(names) >= 60
