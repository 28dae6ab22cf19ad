"""A companion is one of those that the model names, not one that merely has the same width."""

from collections.abc import Iterator

from compat.core.model import Finding
from compat.identify.model import Role
from compat.identify.pairing.model import Gathered, Part, Rule, needs_of, wants
from compat.identify.pairing.rules import text_width, vocabulary
from compat.identify.pairing.wording import mismatch

ROLES = (
    Role.TEXT_ENCODER, Role.IMAGE_ENCODER, Role.AUDIO_VAE, Role.VOCODER, Role.TEXT_PROJECTION,
    Role.CONTROL,
)  # fmt: skip
"""Roles whose fit no number settles; the VAE has rules of its own."""


def check(files: Gathered) -> Iterator[Finding]:
    """Gemma 3 before LTX-2.5, Qwen before HunyuanVideo 1.0: the sizes may fit, the model does not.

    Several encoders are for several inputs, so each is looked at unless all that are needed are
    there. What a size has told already is not said again.
    """
    for model in files.models:
        told = [*text_width.accused(files, model), *vocabulary.accused(files, model)]
        for role in ROLES:
            ids = [id_ for need in needs_of(model, role) for id_ in need.ids]
            partners = files.partners(model, role)
            if ids and not _all_there(model, partners, role):
                yield from (
                    _wrong(part, model, ids)
                    for part in partners
                    if not wants(model, part) and part not in told
                )


def _all_there(model: Part, partners: tuple[Part, ...], role: Role) -> bool:
    there = {part.id for part in partners}
    return all(there & set(need.ids) for need in needs_of(model, role))


def _wrong(part: Part, model: Part, ids: list[str]) -> Finding:
    return mismatch(
        "companion-kind",
        part,
        model,
        f"{part} is no {part.found.role} of {model}, which was trained with {' or '.join(ids)}",
        remedy=f"use {' or '.join(ids)}",
        found=part.id,
        expected=ids,
    )


RULE = Rule(id="companion-kind", title="each companion is one the model names", check=check)
