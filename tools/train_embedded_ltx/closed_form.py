"""Where the VAE starts: encoder and decoder solved in closed form, without gradient steps.

From a random start this small VAE stays at 8 to 14 dB for hundreds of steps. Its convolutions
are nearly linear, so principal components and ridge regression give about 25 dB at once. The
encoder is then final; the decoder is fine-tuned (`decoder.py`).

Blocks: one latent position sees 8 frames of 32 x 32 pixels; the decoder's three levels work on
4 frames of 16 x 16, 2 frames of 8 x 8 and 1 frame of 4 x 4. The first latent stands for frame 0
alone, which the encoder repeats eight times.
"""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from tools.train_embedded_ltx import world
from tools.train_embedded_ltx.architecture import LATENT_CHANNELS

TRUNK_GAIN: Final = 4.0
"""Components enter each downsampler this much enlarged, to drown its averaging residual."""
NORM_ANCHOR: Final = 30000.0
"""A constant channel of this size keeps the encoder's RMS norm close to a fixed scale."""
DECODER_ANCHOR: Final = 20.0
"""The same for the norm before the decoder's last convolution (patches have norm <= 7)."""
LOG_VARIANCE: Final = -9.0
"""The posterior is frozen this narrow; a learned width drowned the signal."""
LATENT_SCALE: Final = 0.5
RIDGE: Final = 1e-4
LATENT_NOISE: Final = 0.05
"""Noise on the latents, in their standard deviations, while the decoder is solved."""
SOLVE_CLIPS: Final = ((1500, 700), (300, 130), (60, 26), (20, 9))
"""How many clips of 64 x 64 and of 96 x 96 serve each level: fewer, as positions multiply."""


def sample_pixels(
    rng: np.random.Generator, count: int, frames: int, size: tuple[int, int] = (64, 64)
) -> Tensor:
    """Random clips from the middle of a motion, as pixels [count, 3, frames, height, width]."""
    clips = world.random_clips(rng, count, size, anywhere=True)
    return torch.from_numpy(world.render(clips, frames, size))


def blocks(pixels: Tensor, frames: int, edge: int) -> Tensor:
    """Pixels [n, 3, 8k+1, h, w] cut into flat blocks: [n, features, t, h/edge, w/edge].

    Block 0 in time is frame 0 repeated, as the causal encoder sees it.
    """
    padded = torch.cat([*[pixels[:, :, :1]] * (frames - 1), pixels], 2)
    n, c, t, h, w = padded.shape
    cut = padded.reshape(n, c, t // frames, frames, h // edge, edge, w // edge, edge)
    return cut.permute(0, 1, 3, 5, 7, 2, 4, 6).flatten(1, 4)


def _rows(activation: Tensor) -> Tensor:
    """[n, channels, t, h, w] as [positions, channels]."""
    return activation.movedim(1, -1).flatten(0, -2)


def principal_components(rows: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The leading components [count, features] of [positions, features], and the mean."""
    mean = rows.mean(0)
    centred = (rows - mean).double()
    _, vectors = torch.linalg.eigh(centred.T @ centred)
    return vectors.flip(1)[:, :count].T.float(), mean


def _set_pointwise(conv: Any, weight: Tensor, bias: Tensor) -> None:
    """Makes a causal 3 x 3 x 3 convolution act on the current position alone."""
    conv.weight.zero_()
    conv.weight[: len(weight), :, -1, 1, 1] = weight
    conv.bias.zero_()
    conv.bias[: len(bias)] = bias


@torch.no_grad()
def solve_encoder(vae: Any, rng: np.random.Generator) -> None:
    """Solves the encoder: principal components level by level, then the best 48 of them.

    Sets the latents' mean and standard deviation (per channel, on normal clips) as well.
    """
    encoder = vae.encoder
    pixels = sample_pixels(rng, 500, 17)
    components, mean = principal_components(_rows(blocks(pixels, 1, 4))[::7], 15)
    # blocks() orders a patch (row, column), the model (column, row).
    order = torch.arange(48).reshape(3, 4, 4).transpose(1, 2).flatten()
    _set_pointwise(encoder.conv_in.conv, components[:, order], -components @ mean)
    first, second, third = (block.downsamplers[0] for block in encoder.down_blocks)
    _set_pointwise(first.conv.conv, torch.zeros(15, 15), torch.zeros(15))
    hidden = first(_trunk_input(encoder, pixels))
    for downsampler, count in ((second, 24), (third, 23)):
        components, mean = principal_components(_rows(hidden)[::3], count)
        scaled = components * TRUNK_GAIN
        _set_pointwise(downsampler.conv.conv, scaled, -scaled @ mean)
        if downsampler is third:
            downsampler.conv.conv.bias[count] = NORM_ANCHOR
        hidden = downsampler(hidden)
    features = encoder.conv_act(encoder.norm_out(hidden.movedim(1, -1)).movedim(-1, 1))
    _solve_latents(encoder.conv_out.conv, _rows(features), _rows(blocks(pixels, 8, 32)))
    _measure_latents(vae, rng)


def _trunk_input(encoder: Any, pixels: Tensor) -> Tensor:
    """The activation after the encoder's first convolution."""
    n, c, t, h, w = pixels.shape
    patches = pixels.reshape(n, c, t, h // 4, 4, w // 4, 4).permute(0, 1, 6, 4, 2, 3, 5)
    return encoder.conv_in(patches.flatten(1, 3))


def _solve_latents(conv: Any, features: Tensor, targets: Tensor) -> None:
    """Reduced-rank regression: the 48 directions of the features that tell most about pixels."""
    mean = features.mean(0)
    x, y = (features - mean).double(), (targets - targets.mean(0)).double()
    covariance = x.T @ x / len(x)
    values, vectors = torch.linalg.eigh(covariance)
    keep = values > values[-1] * 1e-9
    whiten = vectors[:, keep] / values[keep].sqrt()
    cross = whiten.T @ (x.T @ y) / len(x)
    strength, directions = torch.linalg.eigh(cross @ cross.T)
    scale = strength.flip(0)[:LATENT_CHANNELS].sqrt().sqrt() * LATENT_SCALE
    weight = ((whiten @ directions.flip(1)[:, :LATENT_CHANNELS]) * scale).T.float()
    bias = torch.cat([-weight @ mean, torch.tensor([LOG_VARIANCE])])
    _set_pointwise(conv, weight, bias)


def _measure_latents(vae: Any, rng: np.random.Generator) -> None:
    """Rounds the encoder to bfloat16, as it is stored, and measures its latents' statistics."""
    for parameter in vae.encoder.parameters():
        parameter.copy_(parameter.bfloat16().float())
    latents = torch.cat(
        [vae.encode(sample_pixels(rng, 50, 33)).latent_dist.mode() for _ in range(8)]
    )
    vae.latents_mean.copy_(latents.mean((0, 2, 3, 4)).bfloat16().float())
    vae.latents_std.copy_(latents.std((0, 2, 3, 4)).bfloat16().float())


def _neighbourhood(activation: Tensor) -> Tensor:
    """Every position with its 3 x 3 x 3 surroundings as the decoder pads: [positions, c * 27]."""
    padded = torch.cat([activation[:, :, :1], activation, activation[:, :, -1:]], 2)
    padded = torch.nn.functional.pad(padded, (1, 1, 1, 1))
    around = padded.unfold(2, 3, 1).unfold(3, 3, 1).unfold(4, 3, 1)
    return around.permute(0, 2, 3, 4, 1, 5, 6, 7).flatten(0, 3).flatten(1)


def _ridge(conv: Any, activations: list[Tensor], targets: Tensor) -> None:
    """Solves a 3 x 3 x 3 convolution so that it maps activations to [positions, out] targets."""
    features = torch.cat([_neighbourhood(activation) for activation in activations])
    ones = torch.ones(len(features), 1)
    x = torch.cat([features, ones], 1)
    gram = (x.T @ x).double() / len(x)
    gram += RIDGE * gram.diagonal().mean() * torch.eye(len(gram), dtype=torch.double)
    solved = torch.linalg.solve(gram, (x.T @ targets).double() / len(x)).float()
    conv.weight.copy_(solved[:-1].T.reshape(conv.weight.shape))
    conv.bias.copy_(solved[-1])


def _upsampler_targets(wanted: Tensor) -> Tensor:
    """What an upsampler's convolution must emit for [n, c, 2t-1, 2h, 2w]: [positions, c * 8].

    The upsampler drops its first frame; that free output is asked to equal the one that stays.
    """
    padded = torch.cat([wanted[:, :, :1], wanted], 2)
    n, c, t, h, w = padded.shape
    cut = padded.reshape(n, c, t // 2, 2, h // 2, 2, w // 2, 2)
    return cut.permute(0, 2, 4, 6, 1, 3, 5, 7).flatten(0, 3).flatten(1)


def _components_at(
    pixels: list[Tensor], frames: int, edge: int, count: int
) -> tuple[Tensor, Tensor]:
    """Principal components of blocks of clips of several sizes."""
    rows = [_rows(blocks(part, frames, edge))[::5] for part in pixels]
    return principal_components(torch.cat(rows), count)


def _code(pixels: Tensor, frames: int, edge: int, basis: tuple[Tensor, Tensor]) -> Tensor:
    """The blocks of a clip in a basis: [n, components, t, h, w]."""
    components, mean = basis
    centred = blocks(pixels, frames, edge) - mean[:, None, None, None]
    return torch.einsum("kf,nfthw->nkthw", components, centred)


def _with_anchor(code: Tensor, channels: int) -> Tensor:
    """A middle level: components and a channel of ones."""
    return torch.cat([code[:, : channels - 1], torch.ones_like(code[:, :1])], 1)


def _with_mirror(code: Tensor, channels: int) -> Tensor:
    """The last level: components, their negatives (silu(x) - silu(-x) = x), and an anchor."""
    count = (channels - 1) // 2
    anchor = torch.full_like(code[:, : channels - 2 * count], DECODER_ANCHOR)
    return torch.cat([code[:, :count], -code[:, :count], anchor], 1)


def _clear_decoder(vae: Any) -> None:
    """Residual blocks add nothing; the first convolution passes whitened latents and a constant."""
    decoder = vae.decoder
    for block in (decoder.mid_block, *decoder.up_blocks):
        for resnet in block.resnets:
            resnet.conv2.conv.weight.zero_()
            resnet.conv2.conv.bias.zero_()
    whiten = torch.diag(1 / vae.latents_std)
    conv = decoder.conv_in.conv
    conv.weight.zero_()
    conv.bias.zero_()
    conv.weight[:LATENT_CHANNELS, :, 1, 1, 1] = whiten
    conv.bias[:LATENT_CHANNELS] = -whiten @ vae.latents_mean
    conv.bias[LATENT_CHANNELS] = 4.0


def _noisy_latents(vae: Any, pixels: Tensor) -> Tensor:
    """Latents as the decoder will meet them: a little wrong."""
    latents = torch.cat([vae.encode(part).latent_dist.mode() for part in pixels.split(50)])
    spread = vae.latents_std[:, None, None, None]
    return latents + LATENT_NOISE * spread * torch.randn_like(latents)


@torch.no_grad()
def solve_decoder(vae: Any, rng: np.random.Generator) -> None:
    """Solves the decoder level by level on the activations that it really has.

    Clips of two sizes are needed: at 64 x 64 every block touches the border of the picture.
    """
    decoder = vae.decoder
    _clear_decoder(vae)
    pixels = [
        torch.cat([sample_pixels(rng, 50, 25, (edge, edge)) for _ in range(chunks)])
        for edge, chunks in ((64, 30), (96, 14))
    ]
    hidden = [decoder.conv_in(_noisy_latents(vae, part)) for part in pixels]
    for level, (frames, edge) in enumerate(((4, 16), (2, 8), (1, 4))):
        kept = SOLVE_CLIPS[level]
        pixels = [part[:count] for part, count in zip(pixels, kept, strict=True)]
        hidden = [part[:count] for part, count in zip(hidden, kept, strict=True)]
        upsampler = decoder.up_blocks[level].upsamplers[0]
        channels = upsampler.conv.conv.out_channels // 8
        basis = _components_at(pixels, frames, edge, channels - 1)
        shape = _with_mirror if edge == 4 else _with_anchor
        wanted = [
            _upsampler_targets(shape(_code(part, frames, edge, basis), channels)) for part in pixels
        ]
        _ridge(upsampler.conv.conv, hidden, torch.cat(wanted))
        hidden = [upsampler(part) for part in hidden]
    kept = SOLVE_CLIPS[-1]
    out = [
        decoder.conv_act(decoder.norm_out(part[:count].movedim(1, -1)).movedim(-1, 1))
        for part, count in zip(hidden, kept, strict=True)
    ]
    patches = [_patches(part[:count]) for part, count in zip(pixels, kept, strict=True)]
    _ridge(decoder.conv_out.conv, out, torch.cat(patches))


def _patches(pixels: Tensor) -> Tensor:
    """What the last convolution must emit: [positions, 48], each patch column by column."""
    n, c, t, h, w = pixels.shape
    cut = pixels.reshape(n, c, t, h // 4, 4, w // 4, 4).permute(0, 2, 3, 5, 1, 6, 4)
    return cut.flatten(0, 3).flatten(1)
