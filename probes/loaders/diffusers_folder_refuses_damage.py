"""Damaged weights in a diffusers folder."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Level, Needs, Session
from compat.core.probe import probe
from probes.loaders.diffusers_models import (
    WEIGHTS,
    damaged_weights,
    opens_damage,
    saved_transformer,
)


@probe(
    "diffusers-folder-refuses-damage",
    family="loaders",
    needs=Needs(modules=("torch", "diffusers"), seconds=120.0, level=Level.STANDARD),
)
def diffusers_folder_refuses_damage(session: Session) -> Iterator[Finding]:
    """from_pretrained refuses a folder whose weights are damaged or lack a tensor.

    A tensor that is missing from the file is filled with random numbers and mentioned in a warning
    that scrolls away (diffusers 0.42): the render then is garbage. ``framegate verify`` and
    ``framegate identify --dry-load`` say so before.
    """
    folder = saved_transformer(Path(session.scratch) / "model")
    cases = damaged_weights(folder / WEIGHTS)
    load = partial(_load, folder)
    yield from opens_damage(session, "from_pretrained", load, folder / WEIGHTS, cases)


def _load(folder: Path) -> Any:
    from diffusers import LTXVideoTransformer3DModel

    return LTXVideoTransformer3DModel.from_pretrained(
        folder, local_files_only=True, use_safetensors=True
    )
