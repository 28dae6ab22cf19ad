"""The weights a pipeline will really load, from the headers of its files alone."""

import math
from collections.abc import Iterator
from pathlib import Path

from compat.formats.diffusers_folder import take_inventory
from compat.formats.header import read_header
from compat.formats.model import TensorInfo


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that the components of ``folder`` are loaded from.

    Published folders often hold fp16 variants or single-file checkpoints besides, which nobody
    loads; every safetensors file counts only where no index says which are used.
    """
    parts = take_inventory(folder).components.values()
    named = {file for part in parts for file in part.weights if file.suffix == ".safetensors"}
    return tuple(sorted(named or folder.rglob("*.safetensors")))


def stored_tensors(folder: Path) -> Iterator[TensorInfo]:
    """Every tensor of the files that will be loaded; ``CompatError`` for a broken header."""
    for path in weight_files(folder):
        yield from read_header(path).tensors.values()


def element_count(folder: Path) -> int:
    """How many numbers the weights hold."""
    return sum(math.prod(tensor.shape) for tensor in stored_tensors(folder))
