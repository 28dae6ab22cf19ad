"""The VAE is of the model's family and generation, where channels alone do not tell."""

from collections.abc import Iterator

from compat.core.model import Finding, Severity
from compat.identify.model import Role
from compat.identify.pairing.model import Gathered, Part, Rule, needs_of, wants
from compat.identify.pairing.rules import latent_channels
from compat.identify.pairing.wording import mismatch

TOLERANT = frozenset({"ltx"})
"""LTX-Video's VAEs 0.9.0 to 0.9.8 share one latent: the wrong one costs sharpness, not the clip."""

PREVIEWS = "tiny-vae"
"""TAESD and its kin: small decoders for previews, one for each number of channels."""


def check(files: Gathered) -> Iterator[Finding]:
    """HunyuanVideo's and Wan's VAE both give 16 channels of quite different latents."""
    for model in files.models:
        ids = [id_ for need in needs_of(model, Role.VAE) for id_ in need.ids]
        vaes = files.partners(model, Role.VAE)
        if any(wants(model, vae) for vae in vaes):
            continue
        told = latent_channels.accused(files, model, Role.VAE)
        for vae in vaes:
            if vae not in told and vae.found.family != PREVIEWS:
                yield from _of(vae, model, ids)


def _of(vae: Part, model: Part, ids: list[str]) -> Iterator[Finding]:
    remedy = f"use {' or '.join(ids)}" if ids else f"use the VAE that belongs to {model.id}"
    if vae.found.family != model.found.family:
        yield mismatch(
            "vae-family",
            vae,
            model,
            f"{vae} is of the family {vae.found.family}, {model} of {model.found.family}: their "
            "latents mean different things even where the channels agree",
            remedy=remedy,
            found=vae.found.family,
            expected=model.found.family,
        )
    elif ids:
        mild = model.found.family in TOLERANT
        yield mismatch(
            "vae-generation",
            vae,
            model,
            f"{vae} is another generation than {model} was trained with ({' or '.join(ids)})",
            remedy=remedy,
            severity=Severity.LOW if mild else Severity.MEDIUM,
            found=vae.found.generation or vae.id,
            expected=ids,
        )


RULE = Rule(id="vae-kind", title="the VAE is of the model's family and generation", check=check)
