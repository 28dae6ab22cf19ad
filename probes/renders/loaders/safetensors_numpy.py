"""safetensors read into numpy, whose arrays torch takes over."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probes.renders.loaders.loader import Job, Loader
from probes.renders.loaders.weight_files import cells, load_with, quantise


def read(path: Path) -> Mapping[str, Any]:
    """The file's tensors, by way of numpy; it has neither bfloat16 nor 8-bit floats."""
    import torch
    from safetensors.numpy import load_file

    return {name: torch.from_numpy(array) for name, array in load_file(path).items()}


def load(job: Job) -> Any:
    """The model from files read with ``safetensors.numpy``."""
    return load_with(job, read)


LOADER = Loader(
    name="safetensors-numpy", load=load, cells=cells("safetensors-numpy"), quantise=quantise
)
