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
DECLARATION: Final = "framegate.json"
"""States how the model wants to be rendered; written by hand, kept by an export."""


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
    declared = folder / DECLARATION
    if declared.exists():
        shutil.copy(declared, fresh / DECLARATION)
    if folder.exists():
        old = folder.with_name(f"{folder.name}.old{os.getpid()}")
        folder.replace(old)
        fresh.replace(folder)
        shutil.rmtree(old)
    else:
        fresh.replace(folder)
    return size


def _edit(path: Path, **changes: Any) -> None:
    """Sets keys of a JSON object, or removes those that are None, and formats it."""
    content = json.loads(path.read_text("utf-8"))
    content.update(changes)
    kept = {key: value for key, value in content.items() if value is not None}
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _tidy(folder: Path) -> None:
    """Removes paths of this machine, and names the tokenizer so that transformers 4 reads it too.

    transformers 5 has one T5 tokenizer under both names; in 4 only the fast one reads
    `tokenizer.json`, and it refuses a list of extra special tokens (tried with 4.51.3).
    """
    for path in folder.glob("*/*config.json"):
        _edit(path, _name_or_path=None)
    _edit(
        folder / "tokenizer" / "tokenizer_config.json",
        extra_special_tokens=None,
        additional_special_tokens=[],
        tokenizer_class="T5TokenizerFast",
    )
    _edit(
        folder / "model_index.json",
        _name_or_path=None,
        tokenizer=["transformers", "T5TokenizerFast"],
    )
