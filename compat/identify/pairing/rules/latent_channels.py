"""VAE, upscaler and model agree on the channels of the latent."""

from collections.abc import Iterator

from compat.core.model import Finding
from compat.identify.model import Measured, Role
from compat.identify.pairing.model import Gathered, Part, Rule, needs_of
from compat.identify.pairing.wording import disagree

MASKS = (0, 1, 4)
"""Channels of a mask that image-to-video models take beside one or two latents: Wan 16+16+4,
HunyuanVideo 16+16+1 (1.5: 32+32+1), SD inpainting 4+4+1."""


def check(files: Gathered) -> Iterator[Finding]:
    """Wan 2.2 A14B takes 16 channels and the Wan 2.2 VAE gives 48; Stable Diffusion's give 4."""
    for model in files.models:
        taken = model.dim("latent-channels", "in-channels")
        if taken is None:
            continue
        for role, keys in (
            (Role.VAE, ("latent-channels",)),
            (Role.UPSCALER, ("latent-channels", "in-channels")),
        ):
            yield from _of_role(files, model, role, keys, taken)


def _of_role(
    files: Gathered, model: Part, role: Role, keys: tuple[str, ...], taken: Measured
) -> Iterator[Finding]:
    given = {part: part.dim(*keys) for part in files.partners(model, role)}
    sizes = [size for size in given.values() if size is not None]
    if any(agrees(size.value, taken.value, model) for size in sizes):
        return
    for part, size in given.items():
        if size is not None:
            yield disagree(
                "latent-channels", part, model, "latent channels", given=size, taken=taken,
                remedy=_remedy(model, role),
            )  # fmt: skip


def agrees(channels: int, taken: int, model: Part) -> bool:
    """Whether a latent of ``channels`` can be what the model's input of ``taken`` is made of."""
    if model.dim("latent-channels") is not None:
        return channels == taken
    return channels > 0 and any(taken == channels * n + mask for n in (1, 2) for mask in MASKS)


def _remedy(model: Part, role: Role) -> str:
    ids = [id_ for need in needs_of(model, role) for id_ in need.ids]
    return f"use {' or '.join(ids)}" if ids else f"use the {role} that belongs to {model.id}"


RULE = Rule(id="latent-channels", title="VAE, upscaler and model agree on the latent", check=check)
