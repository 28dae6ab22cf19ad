"""VAE, upscaler and model agree on the channels of the latent."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from compat.core.model import Finding
from compat.identify.model import Measured, Role
from compat.identify.pairing.model import Gathered, Part, Rule, needs_of, wants
from compat.identify.pairing.wording import disagree

MASKS = (0, 1, 4)
"""Channels of a mask that image-to-video models take beside one or two latents: Wan 16+16+4,
HunyuanVideo 16+16+1 (1.5: 32+32+1), SD inpainting 4+4+1."""


GIVEN: Mapping[Role, tuple[str, ...]] = {
    Role.VAE: ("latent-channels",),
    Role.UPSCALER: ("latent-channels", "in-channels"),
}
"""The roles that share the model's latent, and where their headers count its channels."""


def check(files: Gathered) -> Iterator[Finding]:
    """Wan 2.2 A14B takes 16 channels and the Wan 2.2 VAE gives 48; Stable Diffusion's give 4."""
    for model in files.models:
        for role, keys in GIVEN.items():
            for part in accused(files, model, role):
                given, taken = part.dim(*keys), model.dim("latent-channels", "in-channels")
                if given is not None and taken is not None:
                    yield disagree(
                        "latent-channels", part, model, "latent channels", given=given,
                        taken=replace(taken, source=_in_words(model, taken)),
                        remedy=_remedy(model, role),
                    )  # fmt: skip


def accused(files: Gathered, model: Part, role: Role) -> list[Part]:
    """The parts of another number of channels, where none in that role fits."""
    taken = model.dim("latent-channels", "in-channels")
    if taken is None:
        return []
    sizes = [
        (part, size)
        for part in files.partners(model, role)
        if (size := part.dim(*GIVEN[role])) is not None
    ]
    if any(wants(model, part) or agrees(size.value, taken.value, model) for part, size in sizes):
        return []
    return [part for part, _ in sizes]


def agrees(channels: int, taken: int, model: Part) -> bool:
    """Whether a latent of ``channels`` can be what the model's input of ``taken`` is made of."""
    if model.dim("latent-channels") is not None:
        return channels == taken
    return channels > 0 and any(taken == channels * n + mask for n in (1, 2) for mask in MASKS)


def _in_words(model: Part, taken: Measured) -> str:
    if model.dim("latent-channels") is not None:
        return taken.source
    return f"{taken.source}: one or two latents and a mask"


def _remedy(model: Part, role: Role) -> str:
    ids = [id_ for need in needs_of(model, role) for id_ in need.ids]
    return f"use {' or '.join(ids)}" if ids else f"use the {role} that belongs to {model.id}"


RULE = Rule(id="latent-channels", title="VAE, upscaler and model agree on the latent", check=check)
