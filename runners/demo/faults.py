"""What ``framegate demo --break`` breaks, and the benign changes that must pass."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from compat.core.system import write_atomically
from compat.plan.model import RenderPlan
from runners.demo.fp8 import plain_cast, scaled_cast
from runners.demo.weights import RawTensor, as_float32, edit_weights, like
from runners.engines.runtime_faults import (
    DEAF,
    NAIVE_SAVE,
    REVERSED,
    ROUGH,
    SEGFAULT,
    STUCK,
    SWAPPED,
)

TRANSFORMER = "transformer/diffusion_pytorch_model.safetensors"
TEXT_ENCODER = "text_encoder/model.safetensors"
VAE_CONFIG = "vae/config.json"
SD_SCALING_FACTOR = 0.18215
"""Stable Diffusion's VAE scale, the classic wrong number in another family's config."""


def _unchanged_plan(plan: RenderPlan) -> RenderPlan:
    return plan


def _unchanged_model(_folder: Path) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """One change to the demo: to a copy of the model, to the plan, or to the running worker."""

    id: str
    title: str
    benign: bool = False
    model: Callable[[Path], None] = _unchanged_model
    plan: Callable[[RenderPlan], RenderPlan] = _unchanged_plan
    runtime: str = ""

    @property
    def changes_model(self) -> bool:
        """Whether a copy of the model is needed."""
        return self.model is not _unchanged_model


def copy_model(source: Path, target: Path) -> Path:
    """Copy the model folder, replacing what stood at ``target``."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return target


def _cut(folder: Path) -> None:
    path = folder / TRANSFORMER
    content = path.read_bytes()
    write_atomically(path, content[: int(len(content) * 0.9)])


def _zero_tail(folder: Path) -> None:
    path = folder / TRANSFORMER
    content = path.read_bytes()
    kept = int(len(content) * 0.7)
    write_atomically(path, content[:kept] + bytes(len(content) - kept))


def _nan(tensors: dict[str, RawTensor]) -> dict[str, RawTensor]:
    name = "transformer_blocks.0.attn1.to_q.weight"
    values = as_float32(tensors[name])
    values.flat[0] = np.nan
    return {**tensors, name: like(tensors[name], values)}


def _flip(tensors: dict[str, RawTensor]) -> dict[str, RawTensor]:
    flipped = {
        name: like(tensors[name], -as_float32(tensors[name]))
        for name in ("proj_out.weight", "proj_out.bias")
    }
    return {**tensors, **flipped}


def _zeros(tensors: dict[str, RawTensor]) -> dict[str, RawTensor]:
    return {
        name: RawTensor(dtype=t.dtype, shape=t.shape, data=bytes(len(t.data)))
        for name, t in tensors.items()
    }


def _wrong_scale(folder: Path) -> None:
    path = folder / VAE_CONFIG
    config = json.loads(path.read_text("utf-8"))
    config["scaling_factor"] = SD_SCALING_FACTOR
    write_atomically(path, json.dumps(config, indent=2).encode("utf-8"))


def _bad_window(plan: RenderPlan) -> RenderPlan:
    return replace(plan, window=replace(plan.window, frames=plan.window.frames - 1))


def _in_bfloat16(plan: RenderPlan) -> RenderPlan:
    return replace(plan, model=replace(plan.model, dtype="bfloat16"))


def _other_seed(plan: RenderPlan) -> RenderPlan:
    return replace(plan, sampling=replace(plan.sampling, seed=plan.sampling.seed + 1000))


def _weights(
    edit: Callable[[dict[str, RawTensor]], dict[str, RawTensor]],
) -> Callable[[Path], None]:
    return lambda folder: edit_weights(folder / TRANSFORMER, edit)


VARIATIONS: tuple[Variation, ...] = (
    Variation(id="truncated-file", title="the transformer's file ends early", model=_cut),
    Variation(id="zero-filled-tail", title="its last 30 % were never written", model=_zero_tail),
    Variation(id="nan-weight", title="one weight is NaN", model=_weights(_nan)),
    Variation(
        id="ignored-fp8-scale",
        title="fp8 weights whose scales the loader ignores",
        model=_weights(scaled_cast),
    ),
    Variation(id="sign-flip", title="the prediction has the wrong sign", model=_weights(_flip)),
    Variation(
        id="zeroed-text-encoder",
        title="the text encoder's weights are all zero",
        model=lambda folder: edit_weights(folder / TEXT_ENCODER, _zeros),
    ),
    Variation(id="wrong-vae-scale", title="the VAE has another model's scale", model=_wrong_scale),
    Variation(id="bad-frame-count", title="a window of 8n frames", plan=_bad_window),
    Variation(
        id=NAIVE_SAVE,
        title="bfloat16 frames go to numpy without a cast",
        plan=_in_bfloat16,
        runtime=NAIVE_SAVE,
    ),
    Variation(id=STUCK, title="the scheduler's steps change nothing", runtime=STUCK),
    Variation(id=REVERSED, title="the noise schedule runs backwards", runtime=REVERSED),
    Variation(id=SWAPPED, title="height and width of the latents are exchanged", runtime=SWAPPED),
    Variation(id=DEAF, title="the text encoder gives every token the same", runtime=DEAF),
    Variation(id=ROUGH, title="one layer is computed too coarsely", runtime=ROUGH),
    Variation(id=SEGFAULT, title="the worker crashes in a denoising step", runtime=SEGFAULT),
    Variation(
        id="fp8-cast", title="weights cast to plain fp8", benign=True, model=_weights(plain_cast)
    ),
    Variation(id="bf16", title="computed in bfloat16", benign=True, plan=_in_bfloat16),
    Variation(id="other-seed", title="another seed", benign=True, plan=_other_seed),
)


def variation_named(name: str) -> Variation | None:
    """The variation called ``name``; None where there is none."""
    return next((item for item in VARIATIONS if item.id == name), None)
