"""Decoder-only language models that video models read prompts with, by their sizes."""

from dataclasses import dataclass

from compat.identify.component_predicates import Values
from compat.identify.kinds.published import published
from compat.identify.model import Dim, Layout, Placement, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

ROOTS = {
    "transformers": "model.",
    "transformers-base": "",
    "transformers-multimodal": "language_model.model.",
    "transformers-nested": "model.language_model.",
}
"""What stands before the layers, by layout: of a causal model (ComfyUI's single files too), of a
bare model as transformers 5 saves it, of a model with a vision tower before and since 4.52."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderSize:
    """One size of language model; ``vocabulary`` lists every size of table in use.

    ``alike`` is False for a model whose layers differ in their tensors.
    """

    width: int
    inner: int
    layers: int
    vocabulary: tuple[int, ...]
    parameters: int
    alike: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What tells families of one size apart: tensors of layer 0, and conditions on the rest."""

    has: tuple[str, ...] = ()
    has_not: tuple[str, ...] = ()
    beside: tuple[Predicate, ...] = ()


def language_model(
    *,
    id: str,
    family: str,
    variant: str,
    size: DecoderSize,
    telling: Telling,
    placement: Placement,
    source: str,
) -> Signature:
    """A signature for one size of language model, under every root that is in use.

    The vocabulary is a mark: Mistral 7B differs from Llama 3 8B in nothing else.
    """
    layouts = [
        Layout(
            name=name,
            marks=_marks(root, size, telling),
            form=(
                Blocks(f"{root}layers", size.layers, alike=size.alike),
                Has(f"{root}norm.weight"),
            ),
            dims=(
                Dim(key="text-width", name=f"{root}norm.weight", axis=0),
                Dim(key="vocabulary", name=f"{root}embed_tokens.weight", axis=0),
            ),
            placement=placement,
        )
        for name, root in ROOTS.items()
    ]
    return published(
        *layouts,
        id=id,
        family=family,
        variant=variant,
        role=Role.TEXT_ENCODER,
        parameters=size.parameters,
        source=source,
    )


def _marks(root: str, size: DecoderSize, telling: Telling) -> tuple[Predicate, ...]:
    first = f"{root}layers.0."
    return (
        side(f"{first}input_layernorm.weight", 0, size.width),
        Values(f"{first}mlp.down_proj.weight", size.width * size.inner),
        *(Has(first + name) for name in telling.has),
        *(HasNo(first + name) for name in telling.has_not),
        side(f"{root}embed_tokens.weight", 0, *size.vocabulary),
        *telling.beside,
    )
