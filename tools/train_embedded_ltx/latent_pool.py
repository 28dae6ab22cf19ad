"""Latents of many clips, made once, so that the transformer never waits for a renderer.

The encoder is linear up to its last norm and looks at one block at a time (`closed_form.py`), so
it is applied here as one matrix. For a clip of constant colours even less is needed: its latents
follow from the opacity mask, and one mask serves several pairs of colours.
"""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from tools.train_embedded_ltx import world
from tools.train_embedded_ltx.closed_form import _trunk_input, blocks

MIDDLE_LATENTS: Final = 6
START_LATENTS: Final = 5
CHUNK: Final = 50


class BlockEncoder:
    """The VAE's encoder as a function of blocks, exact for encoders from `closed_form.py`."""

    def __init__(self, vae: Any) -> None:
        self._encoder = vae.encoder
        self._mean, self._std = vae.latents_mean, vae.latents_std
        width = vae.config.block_out_channels[-1]
        flat = torch.zeros(1, 3, 9, 32, 32)
        self._offset = self._trunk(flat)[0].detach()
        probe = torch.zeros(width, 3, 9, 32, 32, requires_grad=True)
        total = self._trunk(probe).diagonal().sum()
        (gradient,) = torch.autograd.grad(total, probe)
        self._matrix = gradient[:, :, 1:].flatten(1).T.contiguous()
        self._by_colour = (
            self._matrix.reshape(3, -1, width).permute(1, 0, 2).flatten(1).contiguous()
        )
        self._plain = self._matrix.reshape(3, -1, width).sum(1)

    def _trunk(self, pixels: Tensor) -> Tensor:
        """The activation before the encoder's norm, at the second latent: [n, width]."""
        hidden = _trunk_input(self._encoder, pixels)
        for block in self._encoder.down_blocks:
            hidden = block(hidden)
        return hidden[:, :, 1, 0, 0]

    @torch.no_grad()
    def _finish(self, hidden: Tensor) -> Tensor:
        """Norm, activation, last convolution and normalisation: [..., width] to [..., latents]."""
        conv = self._encoder.conv_out.conv
        weight, bias = conv.weight[:-1, :, -1, 1, 1], conv.bias[:-1]
        features = self._encoder.conv_act(self._encoder.norm_out(hidden + self._offset))
        return (features @ weight.T + bias - self._mean) / self._std

    @torch.no_grad()
    def encode(self, pixels: Tensor) -> Tensor:
        """Normalised latents [n, t, h, w, channels] of pixels [n, 3, 8t-7, 32h, 32w]."""
        return self._finish(blocks(pixels, 8, 32).movedim(1, -1) @ self._matrix)

    @torch.no_grad()
    def paint(self, mask: Tensor, scenes: Tensor) -> Tensor:
        """Normalised latents of constant colours: mask [n, 1, 8t-7, h, w], scenes [k, n, 4]."""
        shares = blocks(mask, 8, 32).movedim(1, -1) @ self._by_colour
        shares = shares.unflatten(-1, (3, -1))
        palette = torch.from_numpy(world.PALETTE)
        ground, paint = palette[scenes[..., 1]], palette[scenes[..., 0]]
        hidden = torch.einsum("nthwcf,knc->knthwf", shares, paint - ground)
        plain = ground @ self._plain
        return self._finish(hidden + plain[:, :, None, None, None])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Normalised latents [n, t, h, w, channels] and what they show.

    `scenes` [n, 4] is the scene from latent `change` [n] on (0: from the first).
    """

    latents: Tensor
    scenes: Tensor
    change: Tensor

    def __len__(self) -> int:
        return len(self.scenes)


def _repaint(rng: np.random.Generator, scenes: world.Ints, times: int) -> world.Ints:
    """The same shapes and motions in other colours: [times, n, 4]."""
    again = np.stack([world.random_scenes(rng, len(scenes)) for _ in range(times)])
    again[:, :, 2:] = scenes[None, :, 2:]
    return again


def plain_pool(
    encoder: BlockEncoder,
    rng: np.random.Generator,
    size: tuple[int, int],
    count: int,
    *,
    middle: bool,
    colours: int = 4,
) -> Pool:
    """Clips of one scene each: starts of clips, or (`middle`) what follows a clip's first frame."""
    latents, scenes = [], []
    length = MIDDLE_LATENTS + 1 if middle else START_LATENTS
    for _ in range(max(1, count // (CHUNK * colours))):
        clips = world.random_clips(rng, CHUNK, size, anywhere=middle)
        mask = torch.from_numpy(world.moving_masks(clips, 8 * length - 7, size))
        painted = _repaint(rng, clips.before, colours)
        made = encoder.paint(mask[:, None], torch.from_numpy(painted)).flatten(0, 1)
        latents.append(made[:, 1:] if middle else made)
        scenes.append(torch.from_numpy(painted).flatten(0, 1))
    together = torch.cat(latents)
    return Pool(
        latents=together,
        scenes=torch.cat(scenes),
        change=torch.zeros(len(together), dtype=torch.long),
    )


def changing_pool(
    encoder: BlockEncoder, rng: np.random.Generator, size: tuple[int, int], count: int
) -> Pool:
    """Middles of clips in which the prompt changes after 1, 2 or 3 latents (colours or motion)."""
    latents, scenes, changes = [], [], []
    frames = 8 * MIDDLE_LATENTS + 1
    for _ in range(max(1, count // CHUNK)):
        clips = world.random_clips(rng, CHUNK, size, anywhere=True)
        after = world.random_scenes(rng, CHUNK)
        after[:, 2] = clips.before[:, 2]
        recoloured = rng.random(CHUNK) < 0.5
        after[~recoloured, :2] = clips.before[~recoloured, :2]
        same_way = recoloured & (rng.random(CHUNK) < 0.5)
        after[same_way, 3] = clips.before[same_way, 3]
        change = rng.integers(1, 4, CHUNK)
        varied = world.Clips(
            before=clips.before, after=after, change=8 * change + 1, start=clips.start
        )
        pixels = torch.from_numpy(world.render(varied, frames, size))
        latents.append(encoder.encode(pixels)[:, 1:])
        scenes.append(torch.from_numpy(after))
        changes.append(torch.from_numpy(change))
    return Pool(latents=torch.cat(latents), scenes=torch.cat(scenes), change=torch.cat(changes))
