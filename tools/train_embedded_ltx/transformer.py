"""Training of the video transformer: flow matching on latents, in the layouts that a loop renders.

Half of the steps start clips from noise, as LTXPipeline does. The others continue: the first
latents of the window are clean (their tokens have timestep 0) and the rest is denoised. Those
windows lie in the middle of a clip, may change their prompt where the clean latents end, and
sometimes begin a clip with its first frame given.
"""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from tools.train_embedded_ltx import stages
from tools.train_embedded_ltx.architecture import FRAME_RATE, SCHEDULER_CONFIG
from tools.train_embedded_ltx.latent_pool import Pool
from tools.train_embedded_ltx.optimiser import Average, Optimiser
from tools.train_embedded_ltx.text import EMPTY, PromptTable

BATCH_TOKENS: Final = 2048
"""Latent positions per step: 128 windows of 4 latents at 64 x 64, 56 at 96 x 96."""
SIZE_ODDS: Final = {"64x64": 0.4, "96x96": 0.42, "64x96": 0.09, "96x64": 0.09}
KIND_ODDS: Final = {"start": 0.62, "middle": 0.2, "changing": 0.12, "first": 0.06}
LENGTH_ODDS: Final = {2: 0.12, 3: 0.2, 4: 0.42, 5: 0.26}
MIDDLE_LENGTH_ODDS: Final = {2: 0.06, 3: 0.1, 4: 0.42, 5: 0.26, 6: 0.16}
CHANGING_LENGTH_ODDS: Final = {4: 0.5, 5: 0.3, 6: 0.2}
LONGEST_PREFIX: Final = 3
RATE_ODDS: Final = {FRAME_RATE: 0.85, 24: 0.08, 30: 0.04, 16: 0.03}
"""Frame rates (they scale the rotary time axis); trained at 25 alone, 24 lost a quarter."""
EMPTY_SHARE: Final = 0.1
PARTIAL_SHARE: Final = 0.04
MUON_RATE: Final = 0.02
ADAM_RATE: Final = 2e-3
WARM_UP: Final = 100
AVERAGE_DECAY: Final = 0.998
CHECK_EVERY: Final = 250
LOG_EVERY: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Clean latents [n, t, h, w, c], what was asked for [n, 4], and clean latents each [n]."""

    latents: Tensor
    scenes: Tensor
    prefix: Tensor


def choose(odds: dict[Any, float]) -> Any:
    """One of the keys, by its odds."""
    index = int(torch.multinomial(torch.tensor(list(odds.values())), 1))
    return list(odds)[index]


def draw_batch(pools: dict[str, Pool]) -> Batch:
    """A random batch of one size, one length and one kind."""
    size, kind = choose(SIZE_ODDS), choose(KIND_ODDS)
    if kind == "changing" and f"changing {size}" not in pools:
        kind = "middle"
    pool = pools[f"{'start' if kind == 'first' else kind} {size}"]
    length = choose(
        {"middle": MIDDLE_LENGTH_ODDS, "changing": CHANGING_LENGTH_ODDS}.get(kind, LENGTH_ODDS)
    )
    count = BATCH_TOKENS // (length * pool.latents.shape[2] * pool.latents.shape[3])
    chosen = torch.randint(0, len(pool), (count,))
    latents, prefix = pool.latents[chosen].float(), pool.change[chosen]
    if kind == "first":
        prefix = torch.ones_like(prefix)
    if kind == "middle":
        begin = int(torch.randint(0, latents.shape[1] - length + 1, ()))
        latents = latents[:, begin:]
        prefix = torch.randint(1, min(LONGEST_PREFIX, length - 1) + 1, (count,))
    return Batch(latents=latents[:, :length], scenes=pool.scenes[chosen], prefix=prefix)


def drop_facts(scenes: Tensor) -> Tensor:
    """Leaves the whole prompt out of some (for guidance), and single facts out of a few."""
    empty = torch.tensor(EMPTY)
    partial = (torch.rand(len(scenes), 1) < PARTIAL_SHARE) & (torch.rand(scenes.shape) < 0.4)
    nothing = torch.rand(len(scenes), 1) < EMPTY_SHARE
    return torch.where(partial | nothing, empty, scenes)


def draw_sigmas(count: int) -> Tensor:
    """Noise levels as the sampler visits them: evenly spread, then shifted."""
    shift = float(SCHEDULER_CONFIG["shift"])
    even = (torch.randperm(count) + torch.rand(count)) / count
    return shift * even / (1 + (shift - 1) * even)


def loss_of(
    model: Any, batch: Batch, table: PromptTable, weight: Tensor, device: torch.device
) -> Tensor:
    """Weighted squared error of the predicted velocity (noise - clean) on the noised tokens."""
    latents = batch.latents.to(device)
    count, length, height, width, _ = latents.shape
    text, mask = table.look_up(drop_facts(batch.scenes))
    sigma = draw_sigmas(count)
    noised = torch.arange(length)[None] >= batch.prefix[:, None]
    level = (sigma[:, None] * noised)[:, :, None].expand(-1, -1, height * width).flatten(1)
    noise = torch.randn_like(latents)
    level = level.to(device)
    at = level[:, :, None]
    clean, noise = latents.flatten(1, 3), noise.flatten(1, 3)
    starts = not bool(batch.prefix.any())
    # On a CPU the fused attention's backward pass is very slow for windows of 16 tokens.
    with sdpa_kernel(SDPBackend.MATH), torch.autocast(device.type, torch.bfloat16):
        velocity = model(
            hidden_states=(1 - at) * clean + at * noise,
            encoder_hidden_states=text.to(device),
            timestep=sigma.to(device) * 1000 if starts else level * 1000,
            encoder_attention_mask=mask.to(device),
            num_frames=length,
            height=height,
            width=width,
            rope_interpolation_scale=(8 / choose(RATE_ODDS), 32, 32),
            return_dict=False,
        )[0]
    error = ((velocity.float() - (noise - clean)).square() * weight.to(device)).mean(-1)
    return (error * (at[:, :, 0] > 0)).sum() / (at[:, :, 0] > 0).sum()


def rate_at(step: int, steps: int, decay_from: int) -> float:
    """The learning rate's factor: a short rise, a plateau, then linear to zero."""
    rise = min(1.0, (step + 1) / WARM_UP)
    left = (steps - step) / max(1, steps - decay_from)
    return rise * min(1.0, max(left, 0.0))


def channel_weight(work: Path) -> Tensor:
    """Wide channels weigh more, as the root of their unnormalised spread: pixels need them most."""
    spread = stages.load(work / "encoder.pt")["latents_std"].sqrt()
    weight: Tensor = spread / spread.mean()
    return weight


def train_transformer(
    work: Path, *, steps: int, decay_from: int, seed: int, device: torch.device
) -> None:
    """Trains until `steps`, from the last checkpoint if there is one; rereads shards as they come.

    The learning rate falls from `decay_from` on. Writes `transformer.pt` (to resume) and
    `transformer_average.pt` (the averaged weights) every 250 steps.
    """
    tokenizer, text = stages.load_text(work)
    table = PromptTable(text, tokenizer, np.random.default_rng(7))
    model = stages.make_transformer().to(device).train()
    optimiser = Optimiser(model, muon_rate=MUON_RATE, adam_rate=ADAM_RATE)
    average = Average(model, AVERAGE_DECAY)
    first, checkpoint = 0, work / "transformer.pt"
    if checkpoint.exists():
        kept = stages.load(checkpoint)
        model.load_state_dict(kept["model"])
        optimiser.restore(kept["optimiser"])
        average.weights.update({name: value.to(device) for name, value in kept["average"].items()})
        first = kept["step"]
    torch.manual_seed(seed + first)
    weight, known, recent, since = channel_weight(work), 0, 0.0, time.monotonic()
    pools: dict[str, Pool] = {}
    for step in range(first, steps):
        if step == first or step % CHECK_EVERY == 0:
            shards = sorted(work.glob("shard-*.pt"))
            if len(shards) > known:
                pools, known = stages.load_shards(shards), len(shards)
        loss = loss_of(model, draw_batch(pools), table, weight, device)
        loss.backward()
        optimiser.step(rate_at(step, steps, decay_from))
        average.update(step)
        recent += float(loss.detach()) / LOG_EVERY
        if (step + 1) % LOG_EVERY == 0:
            print(
                f"step {step + 1} loss {recent:.4f} shards {known} "
                f"seconds {(time.monotonic() - since) / LOG_EVERY:.3f}",
                flush=True,
            )
            recent, since = 0.0, time.monotonic()
        if (step + 1) % CHECK_EVERY == 0 or step + 1 == steps:
            stages.save(
                {
                    "model": model.state_dict(),
                    "optimiser": optimiser.state(),
                    "average": average.weights,
                    "step": step + 1,
                },
                checkpoint,
            )
            stages.save(average.weights, work / "transformer_average.pt")
