"""The text encoder has the vocabulary of the one that the model was trained with."""

from collections.abc import Iterator, Mapping

from compat.core.model import Finding
from compat.identify.model import Measured, Role
from compat.identify.pairing.model import Gathered, Part, Rule, needs_of, wants
from compat.identify.pairing.rules import text_width
from compat.identify.pairing.wording import mismatch

VOCABULARIES: Mapping[str, int] = {"t5-xxl": 32128, "umt5-xxl": 256384}
"""Rows of the embedding of two encoders that agree in everything else; transformers configs."""


def check(files: Gathered) -> Iterator[Finding]:
    """T5 and UMT5 are both 4096 wide: only the vocabulary tells Wan's encoder from the others'."""
    for model in files.models:
        expected = known_sizes(model)
        for encoder in accused(files, model):
            rows = encoder.dim("vocabulary")
            if rows is not None:
                yield _wrong(encoder, model, rows, expected)


def known_sizes(model: Part) -> list[int]:
    """The vocabularies of the encoders that the model names; empty where one is not listed here."""
    ids = [id_ for need in needs_of(model, Role.TEXT_ENCODER) for id_ in need.ids]
    sizes = {VOCABULARIES.get(id_, 0) for id_ in ids}
    return [] if 0 in sizes else sorted(sizes)


def accused(files: Gathered, model: Part) -> list[Part]:
    """The encoders that count in other tokens, where no right one is there and widths are right."""
    expected = known_sizes(model)
    encoders = files.partners(model, Role.TEXT_ENCODER)
    if not expected or any(wants(model, encoder) for encoder in encoders):
        return []
    narrow = text_width.accused(files, model)
    return [
        encoder
        for encoder in encoders
        if encoder not in narrow
        and (rows := encoder.dim("vocabulary")) is not None
        and rows.value not in expected
    ]


def _wrong(encoder: Part, model: Part, rows: Measured, expected: list[int]) -> Finding:
    wanted = " or ".join(str(count) for count in expected)
    ids = " or ".join(id_ for need in needs_of(model, Role.TEXT_ENCODER) for id_ in need.ids)
    return mismatch(
        "vocabulary",
        encoder,
        model,
        f"{encoder} knows {rows.value} tokens ({rows.source}), {model} was trained with {wanted}: "
        "the same words become other numbers",
        remedy=f"use {ids}",
        found=rows.value,
        expected=expected,
    )


RULE = Rule(id="vocabulary", title="text encoder and model agree on the vocabulary", check=check)
