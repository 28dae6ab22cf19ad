"""A loop over windows in latent space, as a long render does it, to score how clips continue."""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from runners.embedded.prompts import Scene, every_scene
from tools.train_embedded_ltx.architecture import FRAME_RATE
from tools.train_embedded_ltx.evaluate import TEST_SEED, Figures, Tally

WINDOW: Final = 4
WINDOWS: Final = 4


class WindowLoop:
    """Renders long clips: window 0 from text, each next one after the last latents of the clip."""

    def __init__(self, pipeline: Any, *, steps: int, guidance: float, overlap: int) -> None:
        self._pipeline = pipeline
        self._steps, self._guidance, self._overlap = steps, guidance, overlap

    @torch.no_grad()
    def _denoise(self, prompts: list[str], prefix: Tensor | None, noise: Tensor) -> Tensor:
        """Normalised latents [n, t, h, w, c] of one window; the prefix stays as it is."""
        pipeline, guidance = self._pipeline, self._guidance
        text, mask, empty, empty_mask = pipeline.encode_prompt(prompts)
        count, length, height, width, _ = noise.shape
        fixed = 0 if prefix is None else prefix.shape[1] * height * width
        latents = noise.flatten(1, 3)
        if prefix is not None:
            latents[:, :fixed] = prefix.flatten(1, 3)
        scheduler = pipeline.scheduler
        scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / self._steps, self._steps))
        for moment in scheduler.timesteps:
            timestep = moment.expand(2 * count, latents.shape[1]).clone()
            timestep[:, :fixed] = 0
            plain, asked = pipeline.transformer(
                hidden_states=torch.cat([latents, latents]),
                encoder_hidden_states=torch.cat([empty, text]),
                encoder_attention_mask=torch.cat([empty_mask, mask]),
                timestep=timestep,
                num_frames=length,
                height=height,
                width=width,
                rope_interpolation_scale=(8 / FRAME_RATE, 32, 32),
                return_dict=False,
            )[0].chunk(2)
            velocity = plain + guidance * (asked - plain)
            velocity[:, :fixed] = 0
            latents = scheduler.step(velocity, moment, latents, return_dict=False)[0]
        return latents.unflatten(1, (length, height, width))

    def render(self, schedule: list[list[Scene]], size: tuple[int, int], seed: int) -> Tensor:
        """Pixels [n, 3, frames, height, width]; `schedule` holds the scenes of every window."""
        generator = torch.Generator().manual_seed(seed)
        clip: Tensor | None = None
        for scenes in schedule:
            shape = (len(scenes), WINDOW, size[0] // 32, size[1] // 32, 48)
            noise = torch.randn(shape, generator=generator)
            prefix = None if clip is None else clip[:, -self._overlap :]
            made = self._denoise([scene.prompt for scene in scenes], prefix, noise)
            clip = made if clip is None else torch.cat([clip, made[:, self._overlap :]], 1)
        vae = self._pipeline.vae
        latents = clip * vae.latents_std + vae.latents_mean
        with torch.no_grad():
            pixels: Tensor = vae.decode(latents.movedim(-1, 1)).sample.clamp(-1, 1)
        return pixels


def check_windows(
    pipeline: Any,
    size: tuple[int, int],
    count: int,
    *,
    overlap: int,
    steps: int,
    guidance: float,
    change: str,
) -> Figures:
    """Prompts obeyed in every window of clips of four windows of four latents.

    `change`: the prompt stays (`none`), or in the third window its `direction` or its `colours`
    change. Each window's own frames are scored; after a change of colours the eight frames of
    the fade are left out.
    """
    rng = np.random.default_rng(TEST_SEED + 3)
    loop = WindowLoop(pipeline, steps=steps, guidance=guidance, overlap=overlap)
    known = every_scene()
    scenes = [known[place] for place in rng.permutation(len(known))[:count]]
    others = [_other(scene, known, change, rng) for scene in scenes]
    schedule = [scenes, scenes, others, others]
    pixels = loop.render(schedule, size, TEST_SEED + 4).numpy()
    frames = np.rint((pixels + 1) * 127.5).astype(np.uint8).transpose(0, 2, 3, 4, 1)
    found: Figures = {}
    for number, wanted in enumerate(schedule):
        new = WINDOW - overlap
        begin = 0 if number == 0 else 8 * (WINDOW - 1) + 1 + 8 * new * (number - 1)
        end = 8 * (WINDOW - 1) + 1 + 8 * new * number
        fade = 8 if change == "colours" and number == 2 and new > 1 else 0
        tally = Tally()
        for clip, scene in zip(frames, wanted, strict=True):
            tally.add(clip[max(0, begin + fade - 1) : end], scene)
        found[f"window {number}"] = tally.figures()
    return found


def _other(scene: Scene, known: list[Scene], change: str, rng: np.random.Generator) -> Scene:
    """The scene after the change of prompt."""
    kept = {
        "none": ("colour", "background", "shape", "direction"),
        "direction": ("colour", "background", "shape"),
        "colours": ("shape", "direction"),
    }[change]
    fits = [
        other
        for other in known
        if all(getattr(other, fact) == getattr(scene, fact) for fact in kept)
        and (change == "none" or other != scene)
    ]
    return fits[int(rng.integers(len(fits)))]
