"""Real autoencoders to decode spoilt latents with, from files a user has.

A folder with any of ``taesd_encoder.pth`` + ``taesd_decoder.pth``, ``taef2_*``, ``taef1_*``,
``taesd3_*`` (the tiny autoencoders by Ole Madebyollin, MIT) and ``ae_*.pt`` that
``train_autoencoder.py`` made. Weights are read without unpickling code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Clip = NDArray[np.uint8]
Latents = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Autoencoder:
    """Pictures to latents of about unit spread and back, frame by frame."""

    name: str
    encode: Callable[[Clip], Latents]
    decode: Callable[[Latents], Clip]
    slow: bool


def autoencoders(folder: Path) -> list[Autoencoder]:
    """Return every autoencoder whose files lie in ``folder``."""
    found = [_tiny(path) for path in sorted(folder.glob("tae*_encoder.pth"))]
    return found + [_own(path) for path in sorted(folder.glob("ae_*.pt"))]


def _wrapped(
    name: str, encoder: Any, decoder: Any, *, signed: bool, multiple: int, slow: bool
) -> Autoencoder:
    import torch

    torch.set_num_threads(1)
    spread: list[float] = []

    def encode(clip: Clip) -> Latents:
        height, width = (side // multiple * multiple for side in clip.shape[1:3])
        values = (
            torch.from_numpy(np.ascontiguousarray(clip[:, :height, :width]))
            .permute(0, 3, 1, 2)
            .float()
            / 255
        )
        with torch.no_grad():
            latents = encoder(values * 2 - 1 if signed else values).numpy()
        # The spread of this autoencoder's latents is learnt from the first clip it sees.
        spread.append(max(float(latents.std()), 1e-3))
        return (latents / spread[0]).astype(np.float32)

    def decode(latents: Latents) -> Clip:
        with torch.no_grad():
            values = decoder(torch.from_numpy(np.ascontiguousarray(latents) * spread[0]))
        values = (values + 1) / 2 if signed else values
        return (values.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()

    return Autoencoder(name=name, encode=encode, decode=decode, slow=slow)


def _tiny(path: Path) -> Autoencoder:
    import torch

    from tools.judge_training.networks import tiny_decoder, tiny_encoder

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
    return _wrapped(name, encoder.eval(), decoder.eval(), signed=False, multiple=8, slow=True)


def _own(path: Path) -> Autoencoder:
    import torch

    from tools.judge_training.networks import SPECIFICATIONS, small_autoencoder

    kind = path.stem.partition("_")[2]
    network = small_autoencoder(kind)
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    multiple = 2 ** SPECIFICATIONS[kind].halvings
    return _wrapped(
        path.stem,
        network["e"].eval(),
        network["d"].eval(),
        signed=True,
        multiple=multiple,
        slow=False,
    )
