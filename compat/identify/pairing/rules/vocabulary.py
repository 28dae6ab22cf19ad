"""The text encoder has the vocabulary of the one that the model was trained with."""

from collections.abc import Iterator, Mapping

from compat.core.model import Finding
from compat.identify.model import Role
from compat.identify.pairing.model import Gathered, Part, Rule, needs_of
from compat.identify.pairing.rules.text_width import fits, width_of
from compat.identify.pairing.wording import mismatch

VOCABULARIES: Mapping[str, int] = {"t5-xxl": 32128, "umt5-xxl": 256384}
"""Rows of the embedding of two encoders that agree in everything else; transformers configs."""


def check(files: Gathered) -> Iterator[Finding]:
    """T5 and UMT5 are both 4096 wide: only the vocabulary tells Wan's encoder from the others'."""
    for model in files.models:
        ids = [id_ for need in needs_of(model, Role.TEXT_ENCODER) for id_ in need.ids]
        expected = {VOCABULARIES[id_] for id_ in ids if id_ in VOCABULARIES}
        encoders = files.partners(model, Role.TEXT_ENCODER)
        if expected and not any(encoder.id in ids for encoder in encoders):
            for encoder in encoders:
                yield from _of(encoder, model, expected, ids)


def _of(encoder: Part, model: Part, expected: set[int], ids: list[str]) -> Iterator[Finding]:
    rows, taken = encoder.dim("vocabulary"), model.dim("text-width")
    if rows is None or rows.value in expected:
        return
    if taken is not None and not fits(taken.value, [width_of(encoder)]):
        return  # the width has said it already
    wanted = " or ".join(str(count) for count in sorted(expected))
    yield mismatch(
        "vocabulary",
        encoder,
        model,
        f"{encoder} knows {rows.value} tokens ({rows.source}), {model} was trained with {wanted}: "
        "the same words become other numbers",
        remedy=f"use {' or '.join(ids)}",
        found=rows.value,
        expected=sorted(expected),
    )


RULE = Rule(id="vocabulary", title="text encoder and model agree on the vocabulary", check=check)
