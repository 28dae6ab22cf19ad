"""Garbage made around a decoder: latents not normalised for it, or of another one; damaged weights.

Each function takes the autoencoder, a clip's latents [t, C, h, w] of about unit spread, and a
generator of random numbers, and returns the frames.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tools.judge_training.autoencoders import Autoencoder, Clip
from tools.judge_training.latents import Latents, Rng, uniform

DecoderFault = Callable[[Autoencoder, Latents, Rng], Clip]


def statistics_skipped(coder: Autoencoder, z: Latents, _rng: Rng) -> Clip:
    """Mean and spread not restored: the decoder gets unit latents."""
    return coder.decode((z - coder.mean) / coder.spread)


def statistics_twice(coder: Autoencoder, z: Latents, _rng: Rng) -> Clip:
    """Mean and spread restored twice."""
    return coder.decode(z * coder.spread + coder.mean)


def statistics_inverted(coder: Autoencoder, z: Latents, _rng: Rng) -> Clip:
    """Divided by the spread where it should be multiplied."""
    return coder.decode(z / coder.spread**2)


def statistics_of_others(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """Mean and spread of another family: other numbers for every channel."""
    spread = np.exp(rng.normal(0, 1.2, coder.spread.shape)).astype(np.float32)
    mean = rng.normal(0, 1.5, coder.spread.shape).astype(np.float32)
    return coder.decode(z * spread + mean)


def tiles_with_wrong_stride(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """Tiles decoded one by one and put down at the wrong stride: parts twice, parts missing."""
    side = max(2, min(z.shape[2:]) // int(rng.choice([2, 3])))
    stride = max(1, int(side * rng.choice([0.5, 0.75])))
    starts = [
        [min(place * stride, edge - side) for place in range(-(-edge // side))]
        for edge in z.shape[2:]
    ]
    rows = [
        np.concatenate(
            [coder.decode(z[:, :, top : top + side, left : left + side]) for left in starts[1]],
            axis=2,
        )
        for top in starts[0]
    ]
    return np.concatenate(rows, axis=1)


def tiles_out_of_place(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """Tiles decoded one by one and put down in another order."""
    halves = [part for half in np.array_split(z, 2, axis=2) for part in np.array_split(half, 2, 3)]
    decoded = [coder.decode(part) for part in halves]
    height, width = (min(part.shape[axis] for part in decoded) for axis in (1, 2))
    order = np.roll(np.arange(4), int(rng.integers(1, 4)))
    parts = [decoded[place][:, :height, :width] for place in order]
    rows = [np.concatenate(parts[start : start + 2], axis=2) for start in (0, 2)]
    return np.concatenate(rows, axis=1)


def weights_missing(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """The decoder was never loaded: its weights are what they started from."""
    return _damaged(coder, z, lambda _, w: _fresh(w, rng))


def one_layer_missing(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """One layer on the way was never loaded."""
    return _one_layer(coder, z, rng, lambda w: _fresh(w, rng))


def one_layer_zero(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """One layer on the way is zero."""
    return _one_layer(coder, z, rng, lambda w: w * 0)


def one_layer_transposed(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """The input channels of one layer in the wrong order."""
    return _one_layer(coder, z, rng, lambda w: w[:, rng.permutation(w.shape[1])])


def one_layer_overscaled(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """The scale of a quantised layer was not applied."""
    return _one_layer(coder, z, rng, lambda w: w * float(rng.choice([-6, 8, 20])))


def weights_rounded(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """All layers rounded to two or three levels."""

    def coarse(_name: str, weight: Any) -> Any:
        step = weight.abs().max() * uniform(rng, 0.6, 1.1)
        return (weight / step).round() * step

    return _damaged(coder, z, coarse)


def weights_noisy(coder: Autoencoder, z: Latents, rng: Rng) -> Clip:
    """All layers under noise as large as they are: wrong blocks of a quantised file."""
    share = float(rng.uniform(0.5, 1.5))

    def noisy(_name: str, weight: Any) -> Any:
        return weight + _fresh(weight, rng) * share * weight.std() / max(1e-8, _spread(weight))

    return _damaged(coder, z, noisy)


def _spread(weight: Any) -> float:
    return float(1 / np.sqrt(3 * max(1, weight[0].numel())))


def _fresh(weight: Any, rng: Rng) -> Any:
    """Weights as layers start: uniform, by the number of inputs."""
    import torch

    reach = np.sqrt(3) * _spread(weight)
    values = rng.uniform(-reach, reach, tuple(weight.shape)).astype(np.float32)
    return torch.from_numpy(values)


def _one_layer(coder: Autoencoder, z: Latents, rng: Rng, change: Callable[[Any], Any]) -> Clip:
    """Damage one of the layers that the picture passes through: a zero branch carries nothing."""
    names = [name for name, weight in _layers(coder.network) if float(weight.abs().max()) > 0]
    ways = [
        name for name in names if any(word in name for word in ("conv_in", "conv_out", "sampl"))
    ]
    picked = str(rng.choice(ways or names))
    return _damaged(coder, z, lambda name, w: change(w) if name == picked else w)


def _layers(network: Any) -> list[tuple[str, Any]]:
    return [
        (name, weight)
        for name, weight in network.named_parameters()
        if weight.ndim >= 4 and "encoder" not in name and "quant_conv" not in name
    ]


def _damaged(coder: Autoencoder, z: Latents, change: Callable[[str, Any], Any]) -> Clip:
    """Decode with changed weights, and change them back."""
    import torch

    layers = _layers(coder.network)
    before = [copy.deepcopy(weight.data) for _, weight in layers]
    try:
        with torch.no_grad():
            for name, weight in layers:
                weight.copy_(change(name, weight.data))
        return coder.decode(z)
    finally:
        with torch.no_grad():
            for (_, weight), value in zip(layers, before, strict=True):
                weight.copy_(value)


def _named(*faults: DecoderFault) -> Mapping[str, DecoderFault]:
    return {fault.__name__: fault for fault in faults}


DECODER_FAULTS: Mapping[str, Mapping[str, DecoderFault]] = {
    "wrong_latent": _named(
        statistics_skipped,
        statistics_twice,
        statistics_inverted,
        statistics_of_others,
        weights_missing,
        one_layer_missing,
        one_layer_zero,
        one_layer_transposed,
        one_layer_overscaled,
        weights_rounded,
        weights_noisy,
    ),
    "layout": _named(tiles_with_wrong_stride, tiles_out_of_place),
}


def of_another(coder: Autoencoder, other: Autoencoder, clip: Clip) -> Clip:
    """The latents of another family, cut or repeated to the channels that this decoder takes."""
    z, own = other.encode(clip), coder.encode(clip)
    channels = np.resize(np.arange(z.shape[1]), own.shape[1])
    rows, columns, times = (
        np.arange(own.shape[axis]) * z.shape[axis] // own.shape[axis] for axis in (2, 3, 0)
    )
    return coder.decode(z[times][:, channels][:, :, rows][:, :, :, columns])
