"""Sets an LTX autoencoder to principal components, level by level, without training.

Its decoder grows by pixel shuffles, which can undo any orthogonal projection of the blocks that the
encoder took together. So each strided convolution keeps the leading components of 2 x 2 x 2 blocks
of real clips, and the decoder's convolutions are their transposes. All other branches are zero.
"""

import math
from typing import Any

PATCH = 4
CONSTANT = 30000.0
"""In the last channel, for the norms to divide by: a signal so small passes silu as x / 2."""
LOG_VARIANCE = -9.0


def start(vae: Any, pixels: Any) -> None:
    """Solve encoder and decoder on pixels [N, 3, 8k + 1, H, W] from -1 to 1, sides full blocks."""
    import torch

    with torch.no_grad():
        _clear(vae)
        bases = [_first(vae.encoder.conv_in.conv, patches(pixels))]
        hidden = vae.encoder.conv_in(patches(pixels))
        strided = [block.downsamplers[0] for block in vae.encoder.down_blocks if block.downsamplers]
        for layer in strided:
            bases.append(_level(layer.conv, hidden))
            hidden = layer(hidden)
        latents = vae.config.latent_channels
        generator = torch.Generator().manual_seed(0)
        turn = torch.linalg.qr(torch.randn(latents, latents, generator=generator))[0]
        _ends(vae, turn[:, : len(bases[-1][0])])
        grown = [block.upsamplers[0] for block in vae.decoder.up_blocks if block.upsamplers]
        for layer, (components, mean) in zip(grown, bases[:0:-1], strict=True):
            _grow(layer.conv.conv, components, mean)
        _last(vae.decoder.conv_out.conv, *bases[0])


def patches(pixels: Any) -> Any:
    """Return pixels as the encoder's first layer sees them: [N, 48, T, H / 4, W / 4]."""
    count, colours, frames, height, width = pixels.shape
    cut = pixels.reshape(count, colours, frames, height // PATCH, PATCH, width // PATCH, PATCH)
    return cut.permute(0, 1, 6, 4, 2, 3, 5).flatten(1, 3)


def _clear(vae: Any) -> None:
    for name, layer in vae.named_modules():
        if name.endswith("conv2.conv"):
            layer.weight.zero_()
            layer.bias.zero_()


def _components(rows: Any, count: int) -> tuple[Any, Any]:
    """Return the leading components [count, features] of [positions, features], and the mean."""
    import torch

    mean = rows.mean(0)
    centred = (rows - mean).double()
    _, vectors = torch.linalg.eigh(centred.T @ centred)
    return vectors.flip(1)[:, :count].T.float(), mean


def _first(layer: Any, rows: Any) -> tuple[Any, Any]:
    components, mean = _components(rows.movedim(1, -1).flatten(0, -2)[::5], len(layer.weight) - 1)
    _blank(layer)
    layer.weight[: len(components), :, -1, 1, 1] = components
    layer.bias[: len(components)] = -components @ mean
    return components, mean


def _level(layer: Any, hidden: Any) -> tuple[Any, Any]:
    """Keep the components of blocks: of two frames, the later being even, and of 2 x 2 places."""
    import torch

    padded = torch.cat([hidden[:, :, :1], hidden], 2)[:, :-1]  # without the constant channel
    count, channels, frames, height, width = padded.shape
    cut = padded.reshape(count, channels, frames // 2, 2, height // 2, 2, width // 2, 2)
    rows = cut.permute(0, 2, 4, 6, 1, 3, 5, 7).flatten(0, 3).flatten(1)
    components, mean = _components(rows, len(layer.weight) - 1)
    _blank(layer)
    taps = components.reshape(-1, channels, 2, 2, 2)
    layer.weight[: len(components), :channels, 1:, 1:, 1:] = taps
    layer.bias[: len(components)] = -components @ mean
    return components, mean


def _blank(layer: Any) -> None:
    layer.weight.zero_()
    layer.bias.zero_()
    layer.bias[-1] = CONSTANT


def _ends(vae: Any, turn: Any) -> None:
    """Latents are the last components, turned so that every channel carries its share."""
    out, back = vae.encoder.conv_out.conv, vae.decoder.conv_in.conv
    kept = turn.shape[1]
    out.weight.zero_()
    out.bias.zero_()
    out.weight[:-1, :kept, -1, 1, 1] = turn * _gain(out)
    out.bias[-1] = LOG_VARIANCE
    _blank(back)
    back.weight[:kept, :, 1, 1, 1] = turn.T


def _gain(layer: Any) -> float:
    """What undoes the norm over the channels and the halving of silu near zero."""
    return 2 * CONSTANT / math.sqrt(layer.weight.shape[1])


def _grow(layer: Any, components: Any, mean: Any) -> None:
    layer.weight.zero_()
    layer.bias.zero_()
    layer.weight[: components.shape[1], : len(components), 1, 1, 1] = components.T
    layer.bias[: components.shape[1]] = mean
    layer.bias[-8:] = CONSTANT


def _last(layer: Any, components: Any, mean: Any) -> None:
    layer.weight.zero_()
    layer.weight[:, : len(components), 1, 1, 1] = components.T * _gain(layer)
    layer.bias.copy_(mean)
