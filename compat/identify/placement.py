"""Which ComfyUI loader and folder takes a file, given layout, container and what it carries."""

from collections.abc import Iterable
from dataclasses import replace

from compat.identify.model import Placement, Role, Signature

CHECKPOINTS = ("CheckpointLoaderSimple", "checkpoints")

GGUF_LOADERS = {
    Role.DIFFUSION_MODEL: ("UnetLoaderGGUF", "diffusion_models"),
    Role.TEXT_ENCODER: ("CLIPLoaderGGUF", "text_encoders"),
}
"""Nodes of city96's ComfyUI-GGUF; its folders are models/unet or diffusion_models, and
text_encoders or clip."""

FOREIGN_SCHEMES = {
    "svdquant (nunchaku)": "only ComfyUI-nunchaku, or diffusers with nunchaku, loads it",
    "quanto": "only WanGP (mmgp) or optimum-quanto loads it, ComfyUI's core does not",
    "bitsandbytes": "only loaders with bitsandbytes on CUDA take it",
    "gptq or awq": "no ComfyUI core loader takes it",
    "mlx": "only MLX on Apple silicon takes it",
}
"""Schemes that ComfyUI's core loaders do not take, by how their name begins."""


def placement_of(
    known: Signature, layout: str, container: str, scheme: str, beside: Iterable[Role]
) -> Placement:
    """Where a file of ``known`` goes, with the roles ``beside`` it in the same file."""
    placement = next(
        (one.placement for one in known.layouts if one.name == layout), known.placement
    )
    for start, note in FOREIGN_SCHEMES.items():
        if scheme.startswith(start):
            return replace(placement, comfyui_loader="", comfyui_folder="", note=note)
    if container == "gguf":
        loader, folder = GGUF_LOADERS.get(known.role, ("", ""))
        note = placement.note if loader else "no GGUF loader takes this kind of model"
        return replace(placement, comfyui_loader=loader, comfyui_folder=folder, note=note)
    carried = set(beside)
    if known.role is Role.DIFFUSION_MODEL and carried & {Role.VAE, Role.TEXT_ENCODER}:
        loader, folder = CHECKPOINTS
        return replace(placement, comfyui_loader=loader, comfyui_folder=folder)
    return placement
