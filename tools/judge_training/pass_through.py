"""Sets an autoencoder's weights so that it passes a soft picture through, without training.

From a random start these networks need hours of one core. So the first eight channels of every
layer carry red, green and blue, each with its negative, and a constant pair: the encoder averages
blocks, the decoder smooths them as they grow back. That gives 20 to 20 dB at once; training adds
the rest through the other channels. Residual branches start at zero.
"""

import math
from typing import Any

CARRIED = 8
"""Channels that carry the picture: three, their negatives, and the constant pair."""
CONSTANT = 8.0
"""With this in two channels a norm scales all positions alike (pixels lie within 1)."""
MEAN_SQUARE = 0.75
"""Expected sum of squares of a pixel's three values, for the scale after the norm."""
SMOOTH, SHARP = (0.2, 0.6, 0.2), (-0.2, 1.4, -0.2)
"""Kernels after each doubling and before the first: the best of a grid, 21.1 dB on still crops."""
OTHERS = 0.7
"""The other channels start at this share of their usual random weights."""
LOG_VARIANCE = -9.0
"""Posterior so narrow that sampling from it changes nothing."""


def start(vae: Any) -> None:
    """Set the weights of a Wan, HunyuanVideo, CogVideoX or Stable Diffusion autoencoder."""
    import torch

    with torch.no_grad():
        for name, module in vae.named_modules():
            parts = name.split(".")
            if len(parts) > 1 and parts[-1] == "conv" and parts[-2] not in ("0", "1"):
                parts = parts[:-1]
            if getattr(module, "weight", None) is not None and module.weight.ndim >= 2:
                _set(module, parts)


def _set(layer: Any, parts: list[str]) -> None:
    last, encoder = parts[-1], parts[0] == "encoder"
    if last in ("conv2", "proj", "conv_b") or "to_out" in parts:
        layer.weight.zero_()
        layer.bias.zero_()
    elif last == "conv_y":
        layer.weight.zero_()
        layer.bias.fill_(1)
    elif last in ("quant_conv", "post_quant_conv", "conv_shortcut"):
        _carry(layer, [[1.0]], everything=last != "conv_shortcut")
    elif last == "time_conv":
        _hold(layer)
    elif last == "conv_in":
        _enter(layer, [[1.0]] if encoder else _product(SHARP))
        if not encoder:
            back = _rotation(layer.weight.shape[1])
            layer.weight.copy_((layer.weight.movedim(1, -1) @ back.T).movedim(-1, 1))
    elif last == "conv_out":
        _leave(layer, latents=encoder)
    elif "downsamplers" in parts or ("resample" in parts and encoder):
        box = [[0.25, 0.25, 0.0], [0.25, 0.25, 0.0], [0.0, 0.0, 0.0]]
        # Only the layers in three dimensions pad on all sides.
        _carry(layer, box if layer.weight.ndim == 4 else [row[::-1] for row in box[::-1]])
    elif "upsamplers" in parts or "resample" in parts:
        _carry(layer, _product(SMOOTH))


def _carry(layer: Any, kernel: list[list[float]], *, everything: bool = False) -> None:
    """Let the carried channels through, each under a kernel of its own."""
    count = min(*layer.weight.shape[:2], 10**6 if everything else CARRIED)
    layer.weight[: len(layer.weight) if everything else count] = 0
    layer.bias[:count] = 0
    for channel in range(count):
        _put(layer, channel, channel, kernel)
    if not everything:
        _quiet(layer)


def _put(layer: Any, output: int, source: int, kernel: list[list[float]]) -> None:
    """Place a kernel in the middle of a layer; layers in time look at the present last."""
    import torch

    weight = layer.weight[output, source]
    values = torch.tensor(kernel)
    edge = (weight.shape[-1] - values.shape[-1]) // 2
    where = (..., slice(edge, edge + len(values)), slice(edge, edge + len(values)))
    if weight.ndim == 2:
        weight[where] = values
    elif layer.stride[0] == 2:
        weight[-1][where] = weight[-2][where] = values / 2
    else:
        weight[-1][where] = values


def _hold(layer: Any) -> None:
    """Make a Wan time convolution average two frames (down) or show one twice (up)."""
    import torch

    outputs, inputs = layer.weight.shape[:2]
    identity = torch.eye(inputs).repeat(outputs // inputs, 1)
    layer.weight.zero_()
    layer.bias.zero_()
    taps = (-2, -1) if outputs == inputs else (-1,)
    for tap in taps:
        layer.weight[:, :, tap, 0, 0] = identity / len(taps)


def _quiet(layer: Any) -> None:
    """Keep the other channels small and free of the constant, so that norms stay what they are."""
    layer.weight[CARRIED:] *= OTHERS
    layer.weight[CARRIED:, CARRIED - 2 : CARRIED] = 0
    layer.bias[CARRIED:] = 0


def _product(row: tuple[float, ...]) -> list[list[float]]:
    return [[one * other for one in row] for other in row]


def _enter(layer: Any, kernel: list[list[float]]) -> None:
    """Colours with their negatives, and the constant pair."""
    layer.weight[:CARRIED] = 0
    layer.bias[:CARRIED] = 0
    for colour in range(3):
        _put(layer, 2 * colour, colour, kernel)
        _put(layer, 2 * colour + 1, colour, [[-value for value in row] for row in kernel])
    layer.bias[6], layer.bias[7] = CONSTANT, -CONSTANT
    layer.weight[CARRIED:] *= OTHERS
    layer.bias[CARRIED:] = 0


def _leave(layer: Any, *, latents: bool) -> None:
    """Undo the norm: silu(x) - silu(-x) is x."""
    channels = layer.weight.shape[1]
    gain = math.sqrt(2 * (CONSTANT**2 + MEAN_SQUARE) / channels)
    layer.weight[:3] = 0
    layer.bias[:3] = 0
    for colour in range(3):
        _put(layer, colour, 2 * colour, [[gain]])
        _put(layer, colour, 2 * colour + 1, [[-gain]])
    if latents:
        half = len(layer.weight) // 2
        layer.weight[:, CARRIED - 2 : CARRIED] = 0
        layer.bias.zero_()
        turned = _rotation(half) @ layer.weight[:half].flatten(1)
        layer.weight[:half] = turned.view_as(layer.weight[:half])
        layer.weight[half:] = 0
        layer.bias[half:] = LOG_VARIANCE


def _rotation(channels: int) -> Any:
    """The same random rotation for encoder and decoder: every channel carries its share."""
    import torch

    generator = torch.Generator().manual_seed(channels)
    return torch.linalg.qr(torch.randn(channels, channels, generator=generator))[0]
