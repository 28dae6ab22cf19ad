"""Calls and outputs of pipelines that are unlike the usual ones."""

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch")

from PIL import Image

from runners.engines.clip import call_arguments, render_clip
from runners.engines.messages import ClipRequest
from runners.engines.saving import to_frames
from runners.engines.steps import StepWatch

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]


def request_in(folder, frames_path="frames.npy"):
    return ClipRequest(
        prompt="a cat", width=16, height=16, frames=2, steps=2, guidance=3.0, seed=1,
        latents_path=str(folder / "latents.safetensors"),
        frames_path=str(folder / frames_path) if frames_path else "",
    )  # fmt: skip


def tensors(count):
    import torch

    return [torch.full((3, 16, 16), 0.5) for _ in range(count)]


OUTPUTS = {
    "list of tensors": lambda: [tensors(2)],
    "tensor": lambda: __import__("torch").stack(tensors(2))[None],
    "list of pictures": lambda: [[Image.new("RGB", (16, 16), (128, 128, 128))] * 2],
    "array": lambda: np.full((1, 2, 16, 16, 3), 0.5, dtype=np.float32),
}


class WithoutCallback:
    """A pipeline whose call takes no step callback; it steps its scheduler twice."""

    def __init__(self, frames):
        self.frames = frames
        self.scheduler = Scheduler()

    def __call__(self, prompt, num_frames, num_inference_steps, output_type="pil"):
        import torch

        latents = torch.ones(1, 4, 2, 2, 2)
        for _ in range(num_inference_steps):
            (latents,) = self.scheduler.step(latents)
        return SimpleNamespace(frames=latents if output_type == "latent" else self.frames)


class Scheduler:
    def step(self, latents):
        return (latents * 2,)


def rendered(pipeline, request):
    return render_clip(
        pipeline, request, device="cpu", convert=to_frames, emit=lambda _message: None
    )


@pytest.mark.parametrize("kind", OUTPUTS)
def test_frames_come_out_of_every_kind_of_output(kind, tmp_path):
    answer = rendered(WithoutCallback(OUTPUTS[kind]()), request_in(tmp_path))
    assert answer.decoded.shape == (2, 3, 16, 16)
    frames = np.load(tmp_path / "frames.npy")
    assert frames.shape == (2, 16, 16, 3)
    assert set(np.unique(frames)) <= {127, 128}


@pytest.mark.parametrize("frames_path", ["frames.npy", ""])
def test_the_scheduler_tells_the_steps_where_there_is_no_callback(tmp_path, frames_path):
    pipeline = WithoutCallback(OUTPUTS["tensor"]())
    answer = rendered(pipeline, request_in(tmp_path, frames_path))
    assert (len(answer.step_std), answer.latents.mean) == (2, 4.0)
    assert "step" not in vars(pipeline.scheduler)


class Guided:
    """A pipeline of HunyuanVideo's kind, whose transformer takes the guidance, or does not."""

    def __init__(self, **config):
        self.transformer = SimpleNamespace(config=SimpleNamespace(**config))

    def __call__(self, image, prompt, guidance_scale=6.0, true_cfg_scale=1.0):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("config", "true_scale"),
    [({}, None), ({"guidance_embeds": True}, None), ({"guidance_embeds": False}, 3.0)],
)
def test_guidance_reaches_a_transformer_that_does_not_take_it(tmp_path, config, true_scale):
    watch = StepWatch(2, lambda _message: None, lambda _step: None)
    arguments = call_arguments(Guided(**config), request_in(tmp_path), watch)
    assert arguments["guidance_scale"] == 3.0
    assert arguments.get("true_cfg_scale") == true_scale


def test_a_pipeline_that_insists_on_an_image_gets_a_neutral_one(tmp_path):
    watch = StepWatch(2, lambda _message: None, lambda _step: None)
    arguments = call_arguments(Guided(), request_in(tmp_path), watch)
    assert arguments["image"].size == (16, 16)
