"""A companion is one of those that the model names, not one that merely has the same width."""

from collections.abc import Iterator

from compat.core.model import Finding
from compat.identify.model import Role
from compat.identify.pairing.model import Gathered, Part, Rule, needs_of, wants
from compat.identify.pairing.rules.text_width import fits, width_of
from compat.identify.pairing.rules.vocabulary import VOCABULARIES
from compat.identify.pairing.wording import mismatch

ROLES = (
    Role.TEXT_ENCODER, Role.IMAGE_ENCODER, Role.AUDIO_VAE, Role.VOCODER, Role.TEXT_PROJECTION,
    Role.CONTROL,
)  # fmt: skip
"""Roles whose fit no number settles; the VAE has rules of its own."""


def check(files: Gathered) -> Iterator[Finding]:
    """Gemma 3 before LTX-2.5, Qwen before HunyuanVideo 1.0: the sizes may fit, the model does not.

    Several encoders are for several inputs, so each is looked at unless all that are needed are
    there.
    """
    for model in files.models:
        for role in ROLES:
            ids = [id_ for need in needs_of(model, role) for id_ in need.ids]
            partners = files.partners(model, role)
            if ids and not _all_there(model, partners, role):
                yield from (
                    _wrong(part, model, ids)
                    for part in partners
                    if not wants(model, part) and not _said_by_numbers(part, model)
                )


def _all_there(model: Part, partners: tuple[Part, ...], role: Role) -> bool:
    there = {part.id for part in partners}
    return all(there & set(need.ids) for need in needs_of(model, role))


def _said_by_numbers(part: Part, model: Part) -> bool:
    """Whether the width or the vocabulary has already told the two apart."""
    if part.found.role is not Role.TEXT_ENCODER:
        return False
    taken, rows = model.dim("text-width"), part.dim("vocabulary")
    if taken is not None and width_of(part) and not fits(taken.value, [width_of(part)]):
        return True
    ids = [id_ for need in needs_of(model, Role.TEXT_ENCODER) for id_ in need.ids]
    known = {VOCABULARIES[id_] for id_ in ids if id_ in VOCABULARIES}
    return rows is not None and bool(known) and rows.value not in known


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
