"""Real autoencoders to decode spoilt latents with, from files a user has.

A folder with any of ``taesd_encoder.pth`` + ``taesd_decoder.pth``, ``taef2_*``, ``taef1_*``,
``taesd3_*`` (the tiny autoencoders by Ole Madebyollin, MIT), and folders that are called like a key
of ``real_families.FAMILIES`` and hold what ``make_autoencoder.py`` made. Weights are read without
unpickling code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.judge_training.latents import Latents
from tools.judge_training.real_families import FAMILIES, Family, decoded, encoded, statistics

Clip = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Autoencoder:
    """Pictures to latents [t, C, h, w] of about unit spread and back.

    ``mean`` and ``spread`` [1, C, 1, 1] are what decoding undoes; ``frames`` makes two positions
    in time or more; ``network`` is the decoder's module, to be damaged on a copy.
    """

    name: str
    encode: Callable[[Clip], Latents]
    decode: Callable[[Latents], Clip]
    mean: Latents
    spread: Latents
    frames: int
    slow: bool
    network: Any


def autoencoders(folder: Path) -> list[Autoencoder]:
    """Return every autoencoder whose files lie in ``folder``."""
    found = [_tiny(path) for path in sorted(folder.glob("tae*_encoder.pth"))]
    real = [path for path in sorted(folder.iterdir()) if path.name in FAMILIES]
    return found + [_real(path, FAMILIES[path.name]) for path in real]


def _real(path: Path, family: Family) -> Autoencoder:
    import torch

    torch.set_num_threads(1)
    vae = type(family.build()).from_pretrained(path).eval()
    mean, spread = statistics(vae)

    def encode(clip: Clip) -> Latents:
        count = (len(clip) - 1) // family.step * family.step + 1
        with torch.no_grad():
            raw = encoded(vae, pixels(clip[:count], family.space))
        latents: Latents = ((raw - mean) / spread)[0].transpose(0, 1).contiguous().numpy()
        return latents

    def decode(latents: Latents) -> Clip:
        values = torch.from_numpy(np.ascontiguousarray(latents, np.float32)).transpose(0, 1)[None]
        with torch.no_grad():
            made = decoded(vae, values * spread + mean)
        return as_frames(made[0].permute(1, 2, 3, 0).numpy())

    return Autoencoder(
        name=path.name, encode=encode, decode=decode, mean=mean[None, :, 0].numpy(),
        spread=spread[None, :, 0].numpy(), frames=max(5, family.step + 1), slow=True,
        network=vae,
    )  # fmt: skip


def pixels(clip: Clip, multiple: int) -> Any:
    """Return a clip as pixels [1, 3, T, H, W] from -1 to 1, its sides cut to whole blocks."""
    import torch

    height, width = (side // multiple * multiple for side in clip.shape[1:3])
    values = torch.from_numpy(np.ascontiguousarray(clip[:, :height, :width])).float() / 127.5 - 1
    return values.permute(3, 0, 1, 2)[None]


def as_frames(values: NDArray[np.float32]) -> Clip:
    """Round values from -1 to 1 to bytes as every pipeline does: NaN becomes black."""
    return (np.nan_to_num(values / 2 + 0.5).clip(0, 1) * 255).round().astype(np.uint8)


def _tiny(path: Path) -> Autoencoder:
    import torch

    from tools.judge_training.networks import tiny_decoder, tiny_encoder

    torch.set_num_threads(1)
    name = path.name.partition("_")[0]
    states = [
        torch.load(path.with_name(f"{name}_{part}.pth"), map_location="cpu", weights_only=True)
        for part in ("encoder", "decoder")
    ]
    channels = states[0][max(states[0], key=lambda key: int(key.split(".")[0]))].shape[0]
    pooled = any(".pool." in key for key in states[0])
    encoder, decoder = tiny_encoder(channels, pooled=pooled), tiny_decoder(channels, pooled=pooled)
    encoder.load_state_dict(states[0])
    decoder.load_state_dict(states[1])
    spread: list[float] = []

    def encode(clip: Clip) -> Latents:
        with torch.no_grad():
            latents = encoder(pixels(clip, 8)[0].transpose(0, 1) / 2 + 0.5).numpy()
        # The spread of this autoencoder's latents is learnt from the first clip it sees.
        spread.append(max(float(latents.std()), 1e-3))
        return (latents / spread[0]).astype(np.float32)

    def decode(latents: Latents) -> Clip:
        with torch.no_grad():
            made = decoder(torch.from_numpy(np.ascontiguousarray(latents, np.float32)) * spread[0])
        return as_frames(made.permute(0, 2, 3, 1).numpy() * 2 - 1)

    zero = np.zeros((1, channels, 1, 1), np.float32)
    return Autoencoder(
        name=name, encode=encode, decode=decode, mean=zero, spread=zero + 1, frames=6, slow=True,
        network=decoder,
    )  # fmt: skip
