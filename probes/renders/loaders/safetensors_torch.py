"""safetensors read straight into torch."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probes.renders.loaders.loader import Job, Loader
from probes.renders.loaders.weight_files import cells, load_with, quantise


def read(path: Path) -> Mapping[str, Any]:
    """The file's tensors."""
    from safetensors.torch import load_file

    return load_file(path)


def load(job: Job) -> Any:
    """The model from files read with ``safetensors.torch``."""
    return load_with(job, read)


LOADER = Loader(
    name="safetensors-torch", load=load, cells=cells("safetensors-torch"), quantise=quantise
)
