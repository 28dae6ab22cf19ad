"""Writes the trained parts as a diffusers folder: bfloat16 safetensors, at most 9 MB."""

# ruff: noqa: TID253 - torch is what this recipe is made of; the package never imports it

import json
import os
import shutil
from pathlib import Path
from typing import Any, Final

import torch

from tools.train_embedded_ltx import stages
from tools.train_embedded_ltx.architecture import SCHEDULER_CONFIG

SIZE_LIMIT_BYTES: Final = 9_000_000


def make_pipeline(work: Path) -> Any:
    """The pipeline from the newest checkpoints, each weight rounded to bfloat16."""
    from diffusers import FlowMatchEulerDiscreteScheduler, LTXPipeline

    tokenizer, text = stages.load_text(work)
    vae, transformer = stages.make_vae(), stages.make_transformer()
    tuned = work / "vae_average.pt"
    vae.load_state_dict(stages.load(tuned if tuned.exists() else work / "vae_start.pt"))
    trained = work / "transformer_average.pt"
    if trained.exists():
        transformer.load_state_dict(stages.load(trained))
    pipeline = LTXPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(**SCHEDULER_CONFIG),
        vae=vae.eval(),
        text_encoder=text.eval(),
        tokenizer=tokenizer,
        transformer=transformer.eval(),
    )
    return pipeline.to(dtype=torch.bfloat16)


def export(work: Path, folder: Path) -> int:
    """Replaces `folder` by the exported pipeline in one step; returns its size in bytes."""
    fresh = folder.with_name(f"{folder.name}.new{os.getpid()}")
    make_pipeline(work).save_pretrained(fresh, safe_serialization=True)
    _tidy(fresh)
    size = sum(path.stat().st_size for path in fresh.rglob("*") if path.is_file())
    if size > SIZE_LIMIT_BYTES:
        raise ValueError(f"the exported model has {size} bytes, more than {SIZE_LIMIT_BYTES}")
    if folder.exists():
        old = folder.with_name(f"{folder.name}.old{os.getpid()}")
        folder.replace(old)
        fresh.replace(folder)
        shutil.rmtree(old)
    else:
        fresh.replace(folder)
    return size


def _tidy(folder: Path) -> None:
    """Leaves no path of the machine that exported in the configuration files."""
    for path in folder.rglob("*.json"):
        content = json.loads(path.read_text())
        if isinstance(content, dict):
            content.pop("_name_or_path", None)
            path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
