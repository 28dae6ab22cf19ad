"""``python -m tools.preflight_power.training FAMILY VAE OUT``: a tiny pipeline that draws.

VAE is the folder of a trained autoencoder of the family's class, OUT becomes a diffusers folder.
Training is flow matching (or v-prediction, where the family's scheduler wants that) on latents of
the embedded model's world: one object that moves over a plain background.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np

from runners.embedded.prompts import COLOURS, DIRECTIONS, SHAPES, Scene
from tools.preflight_power.taught import TAUGHT
from tools.preflight_power.training.recipes import RECIPES, VAE_CLASSES, Recipe, load_vae
from tools.train_embedded_ltx import world
from tools.train_embedded_ltx.optimiser import Average, Optimiser

STARTS = 6
"""Clips of each scene, with the object in another place at the start."""
EMPTY_SHARE = 0.12
SHIFT = 3.0
WARM_UP = 30
SAVE_SECONDS = 90.0


def pool(recipe: Recipe, vae: Any, rng: np.random.Generator) -> tuple[Any, list[str]]:
    """Normalised latents [n, channels, frames, height, width] and the prompt of each."""
    import torch

    latents, prompts = [], []
    for _ in range(STARTS):
        for first in range(0, len(TAUGHT), 8):
            scenes = TAUGHT[first : first + 8]
            clips = world.random_clips(rng, len(scenes), (64, 64), anywhere=False)
            clips.before[:] = [_numbers(scene) for scene in scenes]
            pixels = torch.from_numpy(world.render(clips, recipe.frames, (64, 64)))
            with torch.inference_mode():
                latents.append(recipe.normalise(vae, _encode(vae, pixels)))
            prompts += [scene.prompt for scene in scenes]
    return torch.cat(latents).clone(), prompts


def _numbers(scene: Scene) -> tuple[int, int, int, int]:
    return (
        list(COLOURS).index(scene.colour), list(COLOURS).index(scene.background),
        SHAPES.index(scene.shape), list(DIRECTIONS).index(scene.direction),
    )  # fmt: skip


def _encode(vae: Any, pixels: Any) -> Any:
    if type(vae).__name__ != "AutoencoderKL":
        return vae.encode(pixels).latent_dist.mode()
    count, _, frames, height, width = pixels.shape
    flat = pixels.transpose(1, 2).reshape(-1, 3, height, width)
    latents = vae.encode(flat).latent_dist.mode()
    return latents.unflatten(0, (count, frames)).transpose(1, 2)


def noised(recipe: Recipe, pipeline: Any, clean: Any) -> tuple[Any, Any, Any]:
    """Noised latents, their timesteps, and what is to be predicted."""
    import torch

    noise, count = torch.randn_like(clean), len(clean)
    even = (torch.randperm(count) + torch.rand(count)) / count
    if recipe.flow:
        sigma = SHIFT * even / (1 + (SHIFT - 1) * even)
        level = sigma.view(-1, 1, 1, 1, 1)
        return (1 - level) * clean + level * noise, sigma * 1000, noise - clean
    steps = (even * pipeline.scheduler.config.num_train_timesteps).long()
    kept = pipeline.scheduler.alphas_cumprod[steps].float().view(-1, 1, 1, 1, 1)
    given = kept.sqrt() * clean + (1 - kept).sqrt() * noise
    return given, steps, kept.sqrt() * noise - (1 - kept).sqrt() * clean


def train(family: str, vae_folder: Path, out: Path, seconds: float, seed: int) -> None:
    """Train for so many seconds of processor time; saves now and then, and at the end."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 17])
    recipe = RECIPES[family]
    pipeline = recipe.make(load_vae(VAE_CLASSES[family], vae_folder))
    latents, prompts = pool(recipe, pipeline.vae, rng)
    print(
        f"{family}: {len(latents)} clips, latents {tuple(latents.shape[1:])}, "
        f"spread {float(latents.std()):.2f}, {time.process_time():.0f} s",
        flush=True,
    )
    denoiser = getattr(pipeline, "transformer", None) or pipeline.unet
    learner = torch.nn.ModuleDict({"denoiser": denoiser})
    if recipe.learns_text:
        learner["text"] = getattr(pipeline, "text_encoder_2", None) or pipeline.text_encoder
    learner.requires_grad_(requires_grad=True).train()
    optimiser = Optimiser(learner, muon_rate=0.02, adam_rate=2e-3)
    average = Average(learner, 0.995)
    began = saved = time.process_time()
    step, recent = 0, 0.0
    while (share := (time.process_time() - began) / seconds) < 1:
        chosen = torch.from_numpy(rng.integers(0, len(latents), recipe.batch))
        empty = rng.random(recipe.batch) < EMPTY_SHARE
        texts = ["" if drop else prompts[i] for drop, i in zip(empty, chosen, strict=True)]
        given, at, wanted = noised(recipe, pipeline, latents[chosen])
        with sdpa_kernel(SDPBackend.MATH):
            found = recipe.predict(pipeline, given, at, recipe.text(pipeline, texts))
        loss = (found - wanted).square().mean()
        loss.backward()
        for parameter in learner.parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        optimiser.step(min(1.0, (step + 1) / WARM_UP) * min(1.0, 2.5 * (1 - share)))
        average.update(step)
        step += 1
        recent += (float(loss.detach()) - recent) * 0.05
        if step % 20 == 0:
            print(f"{family} step {step} loss {recent:.4f} share {share:.2f}", flush=True)
        if time.process_time() - saved > SAVE_SECONDS:
            saved = time.process_time()
            _save(pipeline, learner, average, out)
    _save(pipeline, learner, average, out)
    print(f"{family}: {step} steps, loss {recent:.4f}", flush=True)


def _save(pipeline: Any, learner: Any, average: Average, out: Path) -> None:
    kept = {name: value.clone() for name, value in learner.state_dict().items()}
    learner.load_state_dict(average.weights)
    pipeline.save_pretrained(out)
    learner.load_state_dict(kept)


def main() -> None:
    """Train one family."""
    parser = argparse.ArgumentParser(prog="python -m tools.preflight_power.training")
    parser.add_argument("family", choices=tuple(RECIPES))
    parser.add_argument("vae", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, default=240.0, help="of processor time")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    train(asked.family, asked.vae, asked.out, asked.seconds, asked.seed)


if __name__ == "__main__":
    main()
