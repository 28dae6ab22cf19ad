"""The text encoder is as wide as the model's text input."""

from collections.abc import Iterator

from compat.core.model import Finding
from compat.identify.model import Role
from compat.identify.pairing.model import Gathered, Part, Rule, needs_of, wants
from compat.identify.pairing.wording import disagree

GEMMA_STATES = 49
"""LTX-2 takes the states of all 48 layers of Gemma 3 and its embedding side by side: 188160 is
3840 x 49 (ltx-core text_embedding_projection.aggregate_embed)."""


def check(files: Gathered) -> Iterator[Finding]:
    """LTX-Video takes 4096 (T5), LTX-2 3840 (Gemma): the wrong one does not load or is noise."""
    for model in files.models:
        for encoder in accused(files, model):
            given, taken = encoder.dim("text-width", "width"), model.dim("text-width")
            if given is not None and taken is not None:
                yield disagree(
                    "text-width", encoder, model, "text width", given=given, taken=taken,
                    remedy=_remedy(model),
                )  # fmt: skip


def accused(files: Gathered, model: Part) -> list[Part]:
    """The encoders that are too wide or too narrow, where none of those in the set fits."""
    taken = model.dim("text-width")
    encoders = [part for part in files.partners(model, Role.TEXT_ENCODER) if width_of(part)]
    if taken is None or fits(taken.value, [width_of(part) for part in encoders]):
        return []
    return [encoder for encoder in encoders if not _second(encoder, model)]


def width_of(encoder: Part) -> int:
    """Width of what the encoder gives, 0 where the header did not say."""
    given = encoder.dim("text-width", "width")
    return given.value if given is not None else 0


def fits(taken: int, widths: list[int]) -> bool:
    """Whether one of ``widths``, or all of them side by side as in SDXL, make up ``taken``."""
    return any(taken in (width, width * GEMMA_STATES) for width in widths) or taken == sum(widths)


def _second(encoder: Part, model: Part) -> bool:
    """CLIP-L gives HunyuanVideo its pooled text: that is another input of another width."""
    pooled = model.dim("pooled-width")
    return wants(model, encoder) or (pooled is not None and pooled.value == width_of(encoder))


def _remedy(model: Part) -> str:
    wanted = " and ".join(
        " or ".join(need.ids) for need in needs_of(model, Role.TEXT_ENCODER) if need.ids
    )
    return f"use {wanted}" if wanted else "use the text encoder that this model was trained with"


RULE = Rule(id="text-width", title="text encoder and model agree on the text width", check=check)
