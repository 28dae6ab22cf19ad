"""Our window loop computes what diffusers' own pipeline computes, and continues it."""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file

from runners.engines.messages import ClipRequest, DecodeRequest, WindowRequest

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]


def window_request(folder, name="w0", **changes):
    blank = WindowRequest(
        prompt="a cat",
        width=64,
        height=96,
        latents=3,
        overlap=0,
        steps=3,
        guidance=3.0,
        seed=5,
        fps=25.0,
        output_path=str(folder / f"{name}.safetensors"),
    )
    return replace(blank, **changes)


def latents(folder, name):
    return load_file(folder / f"{name}.safetensors")["latents"]


@pytest.fixture
def engine(tiny, local_engine):
    return local_engine(tiny("ltx"))


def test_the_first_window_is_what_the_pipeline_itself_renders(engine, tmp_path):
    engine.window(window_request(tmp_path))
    engine.clip(
        ClipRequest(
            prompt="a cat",
            width=64,
            height=96,
            frames=17,
            steps=3,
            guidance=3.0,
            seed=5,
            latents_path=str(tmp_path / "packed.safetensors"),
        )
    )
    packed = load_file(tmp_path / "packed.safetensors")["latents"]
    ours = latents(tmp_path, "w0")
    assert ours.shape == (1, 8, 3, 3, 2)
    unpacked = packed.reshape(1, 3, 3, 2, 8).transpose(0, 4, 1, 2, 3)
    assert np.allclose(ours, unpacked, atol=1e-5)


def test_a_later_window_gives_its_new_latents_only(engine, tmp_path):
    engine.window(window_request(tmp_path))
    later = window_request(
        tmp_path, "w1", overlap=2, previous=(str(tmp_path / "w0.safetensors"),), latents=4
    )
    answer = engine.window(later)
    assert answer.new.shape == (1, 8, 2, 3, 2)


def test_what_was_before_changes_what_comes(engine, tmp_path):
    for name, seed in (("a", 1), ("b", 2)):
        engine.window(window_request(tmp_path, name, seed=seed))
        previous = (str(tmp_path / f"{name}.safetensors"),)
        engine.window(
            window_request(tmp_path, f"after-{name}", overlap=1, previous=previous, seed=9)
        )
    assert not np.allclose(latents(tmp_path, "after-a"), latents(tmp_path, "after-b"), atol=1e-4)


def test_adain_gives_the_new_latents_the_spread_of_the_first_window(engine, tmp_path):
    engine.window(window_request(tmp_path))
    anchor = str(tmp_path / "w0.safetensors")
    engine.window(
        window_request(tmp_path, "w1", overlap=1, previous=(anchor,), adain=1.0, anchor=anchor)
    )
    axes = (0, 2, 3, 4)
    spread = latents(tmp_path, "w1").std(axis=axes, ddof=1)
    assert np.allclose(spread, latents(tmp_path, "w0").std(axis=axes, ddof=1), rtol=1e-3)


def decode(engine, folder, **changes):
    blank = DecodeRequest(
        paths=(str(folder / "w0.safetensors"),),
        context=0,
        last=3,
        frames_path=str(folder / "frames.npy"),
        seed=0,
    )
    answer = engine.decode(replace(blank, **changes))
    return answer, np.load(folder / "frames.npy")


def test_the_first_window_decodes_to_8n_plus_1_frames(engine, tmp_path):
    engine.window(window_request(tmp_path))
    answer, frames = decode(engine, tmp_path)
    assert (answer.frames, frames.shape) == (17, (17, 96, 64, 3))


@pytest.mark.parametrize(("context", "frames"), [(1, 16), (2, 8)])
def test_context_frames_are_dropped(engine, tmp_path, context, frames):
    engine.window(window_request(tmp_path))
    assert decode(engine, tmp_path, context=context)[0].frames == frames


def test_explicit_sigmas_may_carry_their_closing_zero(engine, tmp_path):
    engine.window(window_request(tmp_path, "a", sigmas=(1.0, 0.5)))
    engine.window(window_request(tmp_path, "b", sigmas=(1.0, 0.5, 0.0)))
    assert np.array_equal(latents(tmp_path, "a"), latents(tmp_path, "b"))
