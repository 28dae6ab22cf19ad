"""Damaged checkpoints in diffusers' single-file loader."""

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
    "diffusers-single-file-refuses-damage",
    family="loaders",
    needs=Needs(modules=("torch", "diffusers"), seconds=120.0, level=Level.STANDARD),
)
def diffusers_single_file_refuses_damage(session: Session) -> Iterator[Finding]:
    """from_single_file refuses checkpoints that are damaged or lack a tensor.

    Single files are what ComfyUI users have. A tensor that is missing may be left as it was made,
    which computes garbage. Verify the file first with ``framegate verify`` and
    ``framegate identify --dry-load``.
    """
    folder = saved_transformer(Path(session.scratch) / "model")
    checkpoint = Path(session.scratch) / "checkpoint.safetensors"
    checkpoint.write_bytes((folder / WEIGHTS).read_bytes())
    cases = damaged_weights(checkpoint)
    load = partial(_load, checkpoint, folder)
    yield from opens_damage(session, "from_single_file", load, checkpoint, cases)


def _load(checkpoint: Path, folder: Path) -> Any:
    from diffusers import LTXVideoTransformer3DModel

    return LTXVideoTransformer3DModel.from_single_file(
        str(checkpoint), config=str(folder), local_files_only=True
    )
