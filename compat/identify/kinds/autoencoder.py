"""Layouts of autoencoders and of what follows them, and who takes them."""

from compat.identify.model import Dim, Layout, Placement, Predicate


def layout(
    name: str,
    *marks: Predicate,
    form: tuple[Predicate, ...],
    channels: tuple[str, int],
    placement: Placement,
    key: str = "latent-channels",
) -> Layout:
    """A layout whose latent channels stand on one axis of one tensor: ``channels``."""
    tensor, axis = channels
    return Layout(
        name=name,
        marks=marks,
        form=form,
        dims=(Dim(key=key, name=tensor, axis=axis),),
        placement=placement,
    )


def in_comfyui(diffusers_class: str = "", note: str = "", loader: str = "VAELoader") -> Placement:
    """For a file that ComfyUI's VAE loader takes."""
    return Placement(
        comfyui_loader=loader, comfyui_folder="vae", diffusers_class=diffusers_class, note=note
    )


def in_diffusers(diffusers_class: str, note: str = "") -> Placement:
    """For a layout that only from_pretrained takes."""
    refused = f"{diffusers_class}.from_pretrained; ComfyUI's VAELoader does not know these names"
    return Placement(
        diffusers_class=diffusers_class, note="; ".join(part for part in (refused, note) if part)
    )
