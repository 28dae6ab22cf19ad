"""Every dtype of the safetensors format in MLX's own loader."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.loaders.safetensors_dtypes import dtypes_refused

# MLX 0.32 has no such arrays and says so: "[safetensor] unsupported dtype".
_NOT_IN_MLX = ("F8_E5M2", "F64")


@probe(
    "mlx-safetensors-dtypes",
    family="mlx",
    needs=Needs(modules=("mlx.core",), devices=("mlx",)),
)
def mlx_safetensors_dtypes(session: Session) -> Iterator[Finding]:
    """MLX's loader reads every dtype of the safetensors format.

    It refuses F8_E5M2 and F64, and hands F8_E4M3 over as raw bytes (see mlx-safetensors-float8).
    Convert such weights with torch first.
    """
    yield from dtypes_refused(session, "mx.load", _load, known=_NOT_IN_MLX)


def _load(path: Path) -> Any:
    import mlx.core as mx

    return mx.load(str(path))
