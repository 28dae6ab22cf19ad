"""Every loader there is, and the cells of a family."""

from compat.core.model import Cell
from probes.renders.loaders import (
    comfyui,
    comfyui_gguf,
    diffusers_folder,
    fp8_layerwise,
    gguf,
    quanto,
    safetensors_mlx,
    safetensors_numpy,
    safetensors_torch,
    single_file,
)
from probes.renders.loaders.loader import Loader

LOADERS: dict[str, Loader] = {
    module.LOADER.name: module.LOADER
    for module in (
        safetensors_torch,
        safetensors_numpy,
        safetensors_mlx,
        diffusers_folder,
        single_file,
        gguf,
        quanto,
        fp8_layerwise,
        comfyui,
        comfyui_gguf,
    )
}
"""By the name that ``Cell.loader`` has."""


def cells_of(family: str) -> tuple[Cell, ...]:
    """What ``render-<family>`` is asked: the cells of every loader that takes the family."""
    return tuple(
        cell
        for loader in LOADERS.values()
        if not loader.families or family in loader.families
        for cell in loader.cells
    )
