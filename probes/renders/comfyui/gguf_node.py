"""Loads a GGUF as the user's ComfyUI does: by its node from ComfyUI-GGUF, or by what it has."""

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compat.core.probe import SkipProbeError
from probes.loaders.comfyui_folder import ComfyUI
from probes.loaders.comfyui_gguf import BUILT_IN, gguf_source
from probes.renders.loaders.loader import Job

NODE = "UnetLoaderGGUF"
_PACKAGE = "framegate_comfyui_gguf"
_OPTIONS = {"float32": "fp32_unet", "bfloat16": "bf16_unet", "float16": "fp16_unet"}
"""Command-line options of ComfyUI: the node lets nobody choose a dtype, a start option does."""


def network_from_gguf(comfyui: ComfyUI, folder: Path, job: Job, path: Path) -> Any:
    """What the GGUF node gives for the file.

    Raises what the node raises; ``SkipProbeError`` where the ComfyUI at ``folder`` has none.
    """
    source = gguf_source(folder)
    if source is None:
        raise SkipProbeError(f"the ComfyUI in {folder} reads no gguf: it has no ComfyUI-GGUF")
    with _started_with(_OPTIONS[job.dtype]):
        if source == folder / BUILT_IN:
            return comfyui.sd.load_diffusion_model(str(path))
        node = _package(source.parent).NODE_CLASS_MAPPINGS[NODE]
        with _listed(path.parent):
            return node().load_unet(path.name)[0]


def _package(folder: Path) -> Any:
    """The node's package, imported as ComfyUI imports it."""
    if _PACKAGE not in sys.modules:
        found = importlib.util.spec_from_file_location(
            _PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if found is None or found.loader is None:
            raise SkipProbeError(f"{folder} is no package")
        module = importlib.util.module_from_spec(found)
        sys.modules[_PACKAGE] = module
        try:
            found.loader.exec_module(module)
        except ImportError as error:
            del sys.modules[_PACKAGE]
            raise SkipProbeError(f"the node in {folder} cannot be imported: {error}") from error
    return sys.modules[_PACKAGE]


@contextlib.contextmanager
def _started_with(option: str) -> Iterator[None]:
    arguments = importlib.import_module("comfy.cli_args").args
    kept = getattr(arguments, option)
    setattr(arguments, option, True)
    try:
        yield
    finally:
        setattr(arguments, option, kept)


@contextlib.contextmanager
def _listed(folder: Path) -> Iterator[None]:
    """While this lasts, ComfyUI finds diffusion models in ``folder`` too."""
    listed = importlib.import_module("folder_paths").folder_names_and_paths["diffusion_models"][0]
    listed.append(str(folder))
    try:
        yield
    finally:
        listed.remove(str(folder))
