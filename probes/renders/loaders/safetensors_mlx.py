"""safetensors read by MLX and handed on to torch, as scripts that convert between the two do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probes.renders.loaders.loader import Job, Loader
from probes.renders.loaders.weight_files import cells, load_with, quantise


def read(path: Path) -> Mapping[str, Any]:
    """The file's tensors, by way of MLX and numpy.

    numpy has no bfloat16, so those are widened by MLX first, which loses nothing. Whatever else MLX
    makes of a tensor is handed on as it comes.
    """
    import mlx.core as mx
    import numpy as np
    import torch

    wide = {
        name: array.astype(mx.float32) if array.dtype == mx.bfloat16 else array
        for name, array in mx.load(str(path)).items()
    }
    return {name: torch.from_numpy(np.array(array)) for name, array in wide.items()}


def load(job: Job) -> Any:
    """The model from files read with ``mlx.core.load``."""
    return load_with(job, read)


LOADER = Loader(
    name="safetensors-mlx",
    load=load,
    cells=cells("safetensors-mlx", "mlx.core"),
    quantise=quantise,
)
