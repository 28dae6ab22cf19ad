"""Trains one small autoencoder on pictures, in minutes on one core.

    python -m tools.judge_training.train_autoencoder FRAMES.npy KIND OUT [--minutes 5]

FRAMES.npy holds uint8 [N, H, W, 3]; KIND is a key of ``networks.SPECIFICATIONS``; OUT becomes a
state dict. It need not be a good autoencoder: its decoder shows what faults in latents look like.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from tools.judge_training.networks import small_autoencoder

CROP, BATCH, RATE = 96, 8, 2e-3


def train(frames: np.ndarray, kind: str, seconds: float) -> dict[str, object]:
    """Return the state dict after ``seconds`` of training."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    network = small_autoencoder(kind)
    optimiser = torch.optim.AdamW(network.parameters(), RATE)
    started, step, loss = time.monotonic(), 0, None
    while (share := (time.monotonic() - started) / seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = RATE * max(0.05, 1 - share)
        top, left = (int(rng.integers(0, side - CROP + 1)) for side in frames.shape[1:3])
        picked = frames[
            np.sort(rng.integers(0, len(frames), BATCH)), top : top + CROP, left : left + CROP
        ]
        wanted = torch.from_numpy(picked).permute(0, 3, 1, 2).float() / 127.5 - 1
        latents = network["e"](wanted)
        made = network["d"](latents + 0.02 * torch.randn_like(latents))
        loss = (made - wanted).abs().mean()
        for axis in (2, 3):
            loss = loss + 0.5 * (made.diff(dim=axis) - wanted.diff(dim=axis)).abs().mean()
        # Latents of about unit spread, as the scaling factors of real pipelines see to.
        loss = loss + 1e-2 * ((latents.std() - 1) ** 2 + latents.mean() ** 2)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
    print(f"{kind}: {step} steps, loss {float(loss) if loss is not None else 0:.3f}")
    return dict(network.state_dict())


def main() -> None:
    """Train and save."""
    import torch

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("frames", type=Path)
    parser.add_argument("kind")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=5)
    arguments = parser.parse_args()
    frames = np.load(arguments.frames, mmap_mode="r")
    torch.save(train(frames, arguments.kind, arguments.minutes * 60), arguments.out)


if __name__ == "__main__":
    main()
