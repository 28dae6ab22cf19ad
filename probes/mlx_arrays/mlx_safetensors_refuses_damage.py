"""Damaged safetensors files in MLX's own loader."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.loaders.damaged import (
    corrupted_safetensors,
    opened_silently,
    safetensors_file,
    sound_file_refused,
    truncated_safetensors,
)


@probe(
    "mlx-safetensors-refuses-damage",
    family="mlx",
    needs=Needs(modules=("mlx.core",), devices=("mlx",)),
)
def mlx_safetensors_refuses_damage(session: Session) -> Iterator[Finding]:
    """MLX's safetensors loader refuses truncated and corrupted files.

    It reads the format with code of its own. MLX 0.32 opens a file whose tensors overlap and one
    with bytes behind the last tensor, which the reference reader refuses: verify such files with
    ``framegate verify`` first.
    """
    yield from sound_file_refused(session, "mx.load", _load, safetensors_file(), ".safetensors")
    cases = {**truncated_safetensors(), **corrupted_safetensors()}
    yield from opened_silently(session, "mx.load", _load, cases, ".safetensors")


def _load(path: Path) -> Any:
    import mlx.core as mx

    loaded = mx.load(str(path))
    # MLX reads lazily: what was promised is asked for.
    mx.eval(list(loaded.values()))
    return loaded
