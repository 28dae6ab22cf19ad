"""Runs ComfyUI's detection of diffusion models as its nodes run it."""

import inspect
from typing import Any

from probes.loaders.comfyui_folder import ComfyUI
from probes.loaders.file_question import FileQuestion, meta_tensors


def detected(comfyui: ComfyUI, question: FileQuestion) -> tuple[Any, dict[str, Any]] | None:
    """ComfyUI's configuration of a diffusion model, with the tensors it is for; None for no match.

    First as CheckpointLoaderSimple does, below the prefix that most names have; then as UNETLoader
    does, without a prefix and in the layouts of diffusers that it converts.
    """
    tensors = meta_tensors(question)
    prefix = comfyui.detection.unet_prefix_from_state_dict(tensors)
    config = _config_of(comfyui, tensors, prefix, question)
    inside = {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
    if config is not None:
        return config, inside
    tensors = inside or tensors
    config = _config_of(comfyui, tensors, "", question)
    if config is not None:
        return config, tensors
    return _converted(comfyui, tensors, question)


def _converted(
    comfyui: ComfyUI, tensors: dict[str, Any], question: FileQuestion
) -> tuple[Any, dict[str, Any]] | None:
    converted = comfyui.detection.convert_diffusers_mmdit(dict(tensors), "")
    if converted is not None:
        config = _config_of(comfyui, converted, "", question)
        return None if config is None else (config, converted)
    config = comfyui.detection.model_config_from_diffusers_unet(tensors)
    if config is None:
        return None
    # comfy.sd renames a diffusers UNet by this table before it loads it.
    names = comfyui.utils.unet_to_diffusers(config.unet_config) if comfyui.utils else {}
    return config, {new: tensors[old] for old, new in names.items() if old in tensors}


def _config_of(
    comfyui: ComfyUI, tensors: dict[str, Any], prefix: str, question: FileQuestion
) -> Any:
    detect = comfyui.detection.model_config_from_unet
    if "metadata" in inspect.signature(detect).parameters:
        return detect(tensors, prefix, metadata=dict(question.metadata) or None)
    return detect(tensors, prefix)
