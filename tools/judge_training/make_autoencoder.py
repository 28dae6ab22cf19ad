"""Makes an autoencoder of one family's real class at tiny width, in seconds and without training.

    python -m tools.judge_training.make_autoencoder CLIPS.npy FAMILY OUT

CLIPS.npy holds uint8 [N, T, H, W, 3] of clips that move, with N at least 40, T at least 9 and sides
of at least 96 px; FAMILY is a key of ``real_families.FAMILIES``; OUT becomes a folder that the
class's ``from_pretrained`` reads. Solved in closed form these give 21 to 23 dB on clips of other
sources than those they were made from; the last tenth of the clips is held out to measure that.
"""

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from tools.judge_training import components_start, pass_through
from tools.judge_training.real_families import (
    FAMILIES,
    decoded,
    encoded,
    record_statistics,
)

SOLVED_ON, SOLVED_FRAMES, SOLVED_SIDE = 120, 9, 96
"""Clips for the components of LTX: 2,160 blocks of the largest kind for 63 components."""
MEASURED_ON, MEASURED_SIDE = 8, 128


def crops(clips: np.ndarray, count: int, frames: int, side: int, rng: np.random.Generator) -> Any:
    """Return pixels [count, 3, frames, side, side] from -1 to 1."""
    import torch

    picked = []
    for index in rng.integers(0, len(clips), count):
        start = int(rng.integers(0, clips.shape[1] - frames + 1))
        top, left = (int(rng.integers(0, edge - side + 1)) for edge in clips.shape[2:4])
        picked.append(clips[index, start : start + frames, top : top + side, left : left + side])
    values = torch.from_numpy(np.stack(picked)).float() / 127.5 - 1
    return values.permute(0, 4, 1, 2, 3)


def signal_to_noise(vae: Any, clips: np.ndarray) -> tuple[float, Any]:
    """Return the mean PSNR in dB over some of the clips, and their latents."""
    import torch

    rng, ratios, latents = np.random.default_rng(1), [], []
    side = min(MEASURED_SIDE, *(edge // 32 * 32 for edge in clips.shape[2:4]))
    for index in range(0, len(clips), max(1, len(clips) // MEASURED_ON)):
        wanted = crops(clips[index : index + 1], 1, SOLVED_FRAMES, side, rng)
        with torch.no_grad():
            latents.append(encoded(vae, wanted))
            made = decoded(vae, latents[-1]).clamp(-1, 1)
        ratios.append(10 * math.log10(4 / max(float((made - wanted).square().mean()), 1e-8)))
    return float(np.mean(ratios)), torch.cat(latents)


def made(family: str, clips: np.ndarray) -> tuple[Any, float]:
    """Return the autoencoder with its statistics recorded, and its PSNR on held-out clips."""
    import torch

    torch.manual_seed(0)
    kept = len(clips) * 9 // 10
    vae = FAMILIES[family].build().eval()
    if family == "ltx":
        rng = np.random.default_rng(0)
        solved_on = crops(clips[:kept], SOLVED_ON, SOLVED_FRAMES, SOLVED_SIDE, rng)
        components_start.start(vae, solved_on)
    else:
        pass_through.start(vae)
    ratio, latents = signal_to_noise(vae, clips[kept:])
    with torch.no_grad():
        record_statistics(vae, latents)
    return vae, ratio


def main() -> None:
    """Make, measure and save."""
    import torch

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("family", choices=FAMILIES)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    vae, ratio = made(arguments.family, np.load(arguments.clips, mmap_mode="r"))
    vae.save_pretrained(arguments.out)
    print(f"{arguments.family}: {ratio:.1f} dB on held-out clips", flush=True)


if __name__ == "__main__":
    main()
