"""Figures of an exported model: VAE fidelity, prompts obeyed, windows, and the scorer itself.

Everything runs on unseen material: clips and seeds that no training stage used.
"""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

import math
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from runners.embedded.prompts import COLOURS, DIRECTIONS, SHAPES, Scene, every_scene
from tools.train_embedded_ltx import world
from tools.train_embedded_ltx.score import Frames, sight

TEST_SEED: Final = 990_000
BATCH: Final = 20
FACTS: Final = ("colour", "background", "shape", "direction")

Figures = dict[str, Any]


def load_pipeline(folder: Path) -> Any:
    """The exported model in float32, quiet."""
    from diffusers import LTXPipeline

    pipeline = LTXPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def scene_of(row: world.Ints) -> Scene:
    """A row of scene indices in words."""
    names = list(COLOURS)
    return Scene(
        colour=names[row[0]],
        background=names[row[1]],
        shape=SHAPES[row[2]],
        direction=list(DIRECTIONS)[row[3]],
    )


class Tally:
    """Counts clips and the facts that they got right."""

    def __init__(self) -> None:
        self.clips = 0
        self.right: Counter[str] = Counter()

    def add(self, frames: Frames, wanted: Scene) -> None:
        """Scores one clip."""
        obeyed = sight(frames).obeys(wanted)
        self.clips += 1
        self.right.update({fact: int(good) for fact, good in obeyed.items()})
        self.right["all"] += int(all(obeyed.values()))

    def figures(self) -> Figures:
        """Shares in per cent, and the number of clips."""
        shares = {fact: round(100 * self.right[fact] / self.clips, 1) for fact in (*FACTS, "all")}
        return {"clips": self.clips, **shares}


def check_scorer(count: int) -> Figures:
    """The scorer on drawn clips, clean and with noise of standard deviation 20 of 255."""
    rng = np.random.default_rng(TEST_SEED)
    found: Figures = {}
    for noise in (0, 20):
        tally = Tally()
        for size, frames in (((64, 64), 9), ((64, 64), 25), ((96, 96), 25), ((96, 96), 33)):
            for _ in range(count // 20):
                clips = world.random_clips(rng, 5, size, anywhere=True)
                for pixels, row in zip(
                    world.render(clips, frames, size), clips.before, strict=True
                ):
                    noisy = pixels + rng.normal(0, noise / 127.5, pixels.shape)
                    tally.add(world.to_uint8(noisy.astype(np.float32)), scene_of(row))
        found[f"noise {noise}"] = tally.figures()
    return found


def psnr(got: Tensor, wanted: Tensor) -> float:
    """Peak signal to noise ratio in dB of pixels in -1..1, over all clips together."""
    return round(10 * math.log10(4 / float((got.clamp(-1, 1) - wanted).square().mean())), 2)


@torch.no_grad()
def check_vae(vae: Any, count: int) -> Figures:
    """PSNR after encoding and decoding unseen clips; also of chunks from the middle of a clip."""
    rng = np.random.default_rng(TEST_SEED + 1)
    found: Figures = {}
    for edge in (64, 96):
        for frames in (9, 17, 25, 33):
            clips = world.random_clips(rng, count, (edge, edge), anywhere=True)
            pixels = torch.from_numpy(world.render(clips, frames, (edge, edge)))
            latents = torch.cat([vae.encode(part).latent_dist.mode() for part in pixels.split(5)])
            decoded = torch.cat([vae.decode(part).sample for part in latents.split(5)])
            found[f"{edge}x{edge}x{frames}"] = psnr(decoded, pixels)
            if frames == 33:
                chunk = torch.cat([vae.decode(part).sample for part in latents[:, :, 2:].split(5)])
                for context in (1, 2):
                    start = 8 * (context - 1) + 1
                    found[f"{edge}x{edge} chunk from the middle, context {context}"] = psnr(
                        chunk[:, :, start:], pixels[:, :, 16 + start :]
                    )
    return found


def _frames(clip: Any) -> Frames:
    """A pipeline's clip [frames, height, width, 3] in 0..1 as 8 bits."""
    return np.rint(np.asarray(clip) * 255).clip(0, 255).astype(np.uint8)


def render_prompts(
    pipeline: Any,
    scenes: list[Scene],
    seeds: list[int],
    shape: tuple[int, int, int],
    *,
    steps: int,
    guidance: float,
) -> list[Frames]:
    """One clip per scene and seed through `LTXPipeline.__call__` (height, width, frames)."""
    clips: list[Frames] = []
    for first in range(0, len(scenes), BATCH):
        part = slice(first, first + BATCH)
        made = pipeline(
            prompt=[scene.prompt for scene in scenes[part]],
            height=shape[0],
            width=shape[1],
            num_frames=shape[2],
            num_inference_steps=steps,
            guidance_scale=guidance,
            output_type="np",
            generator=[torch.Generator().manual_seed(seed) for seed in seeds[part]],
        ).frames
        clips += [_frames(clip) for clip in made]
    return clips


def check_prompts(
    pipeline: Any,
    shape: tuple[int, int, int],
    prompts: int,
    seeds: int,
    *,
    steps: int,
    guidance: float,
) -> Figures:
    """Prompts obeyed, over a spread of the 840 scenes and several unseen seeds each."""
    order = np.random.default_rng(TEST_SEED + 2).permutation(840)[:prompts]
    scenes = [every_scene()[place] for place in order for _ in range(seeds)]
    numbers = [TEST_SEED + place for place in range(len(scenes))]
    tally = Tally()
    clips = render_prompts(pipeline, scenes, numbers, shape, steps=steps, guidance=guidance)
    for clip, scene in zip(clips, scenes, strict=True):
        tally.add(clip, scene)
    return tally.figures()
