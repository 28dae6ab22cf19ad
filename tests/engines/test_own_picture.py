"""The embedded model finds its own clip again; with spoilt weights it does not."""

from types import SimpleNamespace

import numpy as np
import pytest

from runners.embedded import embedded_model
from runners.embedded.prompts import EXAMPLE_PROMPTS
from runners.engines.messages import ClipRequest, OwnPictureRequest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from runners.engines.own_picture import ask_own_picture, wanted_steps, wiener  # noqa: E402
from runners.engines.schedule import Level  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]


def request_in(folder, number=0):
    return ClipRequest(
        prompt=EXAMPLE_PROMPTS[number],
        width=64,
        height=64,
        frames=25,
        steps=12,
        guidance=3.0,
        seed=60 + number,
        latents_path=str(folder / "picture.safetensors"),
        frames_path=str(folder / "picture.npy"),
    )


@pytest.fixture
def asked(local_engine, tmp_path):
    """Opens a fresh embedded model, lets ``spoil`` at its transformer, draws and asks."""

    def ask(spoil=lambda _transformer: None, number=0):
        engine = local_engine(embedded_model())
        engine.open()
        with torch.no_grad():
            spoil(engine.role._open.pipeline.transformer)
        request = request_in(tmp_path, number)
        engine.clip(request)
        return engine.own_picture(OwnPictureRequest(clip=request)).own

    return ask


@pytest.mark.parametrize("number", [0, 1, 4])
def test_a_sound_model_beats_a_straight_line_at_every_level(asked, number):
    own = asked(number=number)
    assert len(own.ratios) == 3
    assert max(own.ratios) < 0.7


def biases_lost(transformer):
    for name, weight in transformer.named_parameters():
        if name.endswith("bias"):
            weight.zero_()


def queries_transposed(transformer):
    for block in transformer.transformer_blocks:
        block.attn1.to_q.weight.copy_(block.attn1.to_q.weight.t().clone())


def last_block_zero(transformer):
    for weight in transformer.transformer_blocks[-1].parameters():
        weight.zero_()


def not_a_number(transformer):
    transformer.proj_out.bias.fill_(float("nan"))


@pytest.mark.parametrize("spoil", [biases_lost, queries_transposed, last_block_zero, not_a_number])
def test_spoilt_weights_do_worse(asked, spoil):
    assert max(asked(spoil).ratios) > 1


def test_a_clip_of_one_colour_is_not_asked_for(local_engine, tmp_path):
    engine = local_engine(embedded_model())
    engine.open()
    frames = np.full((25, 64, 64, 3), 128, np.uint8)
    pipeline = engine.role._open.pipeline
    pipeline.vae.config["scaling_factor"] = 1e-6
    own = ask_own_picture(pipeline, request_in(tmp_path), frames, device="cpu")
    assert "one colour" in own.reason


def test_a_pipeline_without_an_encoder_says_so(tmp_path):
    bare = SimpleNamespace(vae=None, scheduler=None)
    assert "cannot encode" in ask_own_picture(bare, request_in(tmp_path), None, device="cpu").reason


def test_the_levels_nearest_to_the_wanted_ones_are_taken_and_never_the_first_step():
    levels = [Level(1 - n, n) for n in (1.0, 0.9, 0.76, 0.7, 0.58, 0.44, 0.2)]
    assert wanted_steps(levels) == (2, 4, 5)
    assert wanted_steps([Level(0.0, 1.0), Level(0.3, 0.7)]) == (1,)
    assert wanted_steps([None, None]) == ()


@pytest.mark.parametrize("shape", [(1, 400, 4), (1, 4, 5, 8, 10)])
def test_no_straight_line_does_better_than_the_best_guess(shape):
    generator = torch.Generator().manual_seed(1)
    known = torch.randn(shape, generator=generator) * 0.7 + 0.3
    level = Level(0.4, 0.6)
    noisy = level.signal * known + level.noise * torch.randn(shape, generator=generator)
    best = float((wiener(noisy, known, level) - known).square().mean())
    for slope in (0.0, 0.5, 1.0, 1 / level.signal):
        line = 0.3 + slope * (noisy - level.signal * 0.3)
        assert best <= float((line - known).square().mean()) + 1e-3
