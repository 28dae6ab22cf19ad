"""Where ComfyUI puts denoisers, by layout: its core takes the publishers' names alone."""

from compat.identify.model import Placement


def unet_loader(diffusers_class: str, note: str = "") -> Placement:
    """A denoiser of its own in the publisher's layout."""
    return Placement(
        comfyui_loader="UNETLoader",
        comfyui_folder="diffusion_models",
        diffusers_class=diffusers_class,
        note=note,
    )


def diffusers_only(diffusers_class: str) -> Placement:
    """A video denoiser in diffusers' layout, which ComfyUI's core does not convert.

    Its model_detection.py converts FLUX, SD3, AuraFlow, PixArt and the Stable Diffusion unets only.
    """
    return Placement(
        diffusers_class=diffusers_class,
        note="ComfyUI's core does not convert a video model from diffusers' names: take the file "
        "in the publisher's layout, or load this one with diffusers",
    )
