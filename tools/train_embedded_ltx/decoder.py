"""Fine-tuning of the VAE's decoder from its closed-form start; the encoder stays as it is.

The decoder learns to draw clean shapes from latents that are a little wrong, as a sampler's are,
and from chunks that begin in the middle of a clip, as a loop decodes them.
"""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from tools.train_embedded_ltx import stages, world
from tools.train_embedded_ltx.latent_pool import BlockEncoder
from tools.train_embedded_ltx.optimiser import Average

LAYOUTS: Final = (
    ((64, 64), 25, 4),
    ((64, 64), 33, 3),
    ((96, 96), 17, 2),
    ((64, 64), 9, 10),
    ((96, 96), 25, 1),
    ((64, 96), 17, 3),
    ((96, 64), 17, 3),
)
"""Sizes, frames and clips of a step, in turn."""
RATE: Final = 1e-4
WARM_UP: Final = 50
MOST_NOISE: Final = 0.3
"""Latents get noise of up to this many standard deviations; half of the clips get less than 0.1."""
OBJECT_WEIGHT: Final = 2.0
CHECK_EVERY: Final = 100
LOG_EVERY: Final = 25


def draw_clips(
    encoder: BlockEncoder, rng: np.random.Generator, step: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Clean normalised latents, the pixels they stand for, and a weight for every pixel."""
    size, frames, count = LAYOUTS[step % len(LAYOUTS)]
    skip = int(rng.integers(0, 2))
    clips = world.random_clips(rng, count, size, anywhere=True)
    pixels = torch.from_numpy(world.render(clips, frames + 8 * skip, size))
    latents = encoder.encode(pixels)[:, skip:].movedim(-1, 1)
    mask = torch.from_numpy(world.moving_masks(clips, frames + 8 * skip, size))[:, None]
    weight = 1 + OBJECT_WEIGHT * mask[:, :, 8 * skip :]
    return latents, pixels[:, :, 8 * skip :], weight


def add_noise(latents: Tensor, rng: np.random.Generator) -> Tensor:
    """The latents with a random amount of noise per clip."""
    level = MOST_NOISE * rng.random(len(latents)).astype(np.float32) ** 1.6
    amount = torch.from_numpy(level)[:, None, None, None, None]
    return latents + amount * torch.randn_like(latents)


def tune_decoder(work: Path, steps: int, device: torch.device) -> None:
    """Trains until `steps`, from the last checkpoint if there is one; the rate falls to zero."""
    source = stages.make_vae()
    source.load_state_dict(stages.load(work / "vae_start.pt"))
    encoder, rng = BlockEncoder(source), np.random.default_rng(77)
    vae = source.to(device)
    decoder: Any = vae.decoder.requires_grad_(requires_grad=True).to(
        memory_format=torch.channels_last_3d
    )
    optimiser = torch.optim.AdamW(
        decoder.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.0
    )
    average, first, checkpoint = Average(decoder, 0.99), 0, work / "decoder.pt"
    if checkpoint.exists():
        kept = stages.load(checkpoint)
        decoder.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        average.weights.update({name: value.to(device) for name, value in kept["average"].items()})
        first = kept["step"]
        rng = np.random.default_rng(77 + first)
    recent, since = 0.0, time.monotonic()
    for step in range(first, steps):
        optimiser.param_groups[0]["lr"] = RATE * min(1, (step + 1) / WARM_UP) * (1 - step / steps)
        latents, pixels, weight = draw_clips(encoder, rng, step)
        raw = add_noise(latents, rng) * vae.latents_std.cpu()[:, None, None, None]
        raw = raw + vae.latents_mean.cpu()[:, None, None, None]
        with torch.autocast(device.type, torch.bfloat16):
            decoded = decoder(raw.to(device))
        error = decoded.float() - pixels.to(device)
        loss = ((error.square() + 0.1 * error.abs()) * weight.to(device)).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimiser.step()
        average.update(step)
        recent += float(loss.detach()) / LOG_EVERY
        if (step + 1) % LOG_EVERY == 0:
            print(
                f"decoder step {step + 1} loss {recent:.5f} "
                f"seconds {(time.monotonic() - since) / LOG_EVERY:.3f}",
                flush=True,
            )
            recent, since = 0.0, time.monotonic()
        if (step + 1) % CHECK_EVERY == 0 or step + 1 == steps:
            _keep(
                work,
                vae,
                average,
                {
                    "model": decoder.state_dict(),
                    "step": step + 1,
                    "optimiser": optimiser.state_dict(),
                    "average": average.weights,
                },
            )


def _keep(work: Path, vae: Any, average: Average, state: dict[str, Any]) -> None:
    """Writes `decoder.pt` (to resume) and `vae_average.pt` (the whole VAE as it would ship)."""
    stages.save(state, work / "decoder.pt")
    whole = {name: value.cpu() for name, value in vae.state_dict().items()}
    whole |= {
        f"decoder.{name}": value.cpu().contiguous() for name, value in average.weights.items()
    }
    stages.save(whole, work / "vae_average.pt")
