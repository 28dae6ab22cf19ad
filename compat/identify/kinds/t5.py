"""Encoders of the T5 family: T5, T5 v1.1, UMT5, MT5 and ByT5, by their sizes."""

from dataclasses import dataclass

from compat.identify.component_predicates import Values
from compat.identify.model import Dim, Layout, Placement, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, either, side

_NORM = "encoder.final_layer_norm.weight"
_BIAS = "layer.0.SelfAttention.relative_attention_bias.weight"
_TABLES = ("shared.weight", "encoder.embed_tokens.weight")
"""The vocabulary; files keep one of the two names or both, the tensor is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class T5Size:
    """One size of T5 encoder: ``width`` is d_model, ``inner`` d_ff.

    ``gated`` tells v1.1 and later (two input matrices per feed-forward) from the first T5,
    ``bias_everywhere`` UMT5 (every block has its own position bias) from the rest. ``parameters``
    counts the encoder with one copy of the vocabulary.
    """

    width: int
    inner: int
    vocabulary: int
    blocks: int
    parameters: int
    gated: bool = True
    bias_everywhere: bool = False


def t5_encoder(
    *,
    id: str,
    variant: str,
    size: T5Size,
    source: str,
    placement: Placement | None = None,
    layouts: tuple[Layout, ...] = (),
) -> Signature:
    """A signature for one size of T5 encoder, and the ``layouts`` it is published in besides."""
    first = "encoder.block.0.layer.1.DenseReluDense"
    feed = "wi_1" if size.gated else "wi"
    position = f"encoder.block.1.{_BIAS}"
    marks: tuple[Predicate, ...] = (
        Has("encoder.block.0.layer.0.SelfAttention.q.weight"),
        side(_NORM, 0, size.width),
        Values(f"{first}.{feed}.weight", size.width * size.inner),
        Has(position) if size.bias_everywhere else HasNo(position),
        either(*(side(table, 0, size.vocabulary) for table in _TABLES)),
    )
    return Signature(
        id=id,
        family="t5",
        variant=variant,
        role=Role.TEXT_ENCODER,
        layout="transformers",
        marks=marks,
        form=(Blocks("encoder.block", size.blocks, alike=True), Has(f"encoder.block.0.{_BIAS}")),
        source=source,
        parameters=size.parameters,
        dims=(
            Dim(key="text-width", name=_NORM, axis=0),
            *(Dim(key="vocabulary", name=table, axis=0) for table in _TABLES),
        ),
        placement=placement or encoder_placement("", "T5EncoderModel"),
        layouts=layouts,
    )


def encoder_placement(kind: str, transformers_class: str, note: str = "") -> Placement:
    """Where a text encoder goes; ``kind`` is what CLIPLoader's ``type`` must be set to."""
    type_note = f"CLIPLoader type={kind}" if kind else ""
    folder = "a transformers folder needs its tokenizer files beside it"
    return Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class=f"transformers.{transformers_class}",
        note="; ".join(part for part in (type_note, note, folder) if part),
    )
