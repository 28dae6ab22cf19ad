"""CLIP's text and vision towers, by their sizes, in transformers' and OpenCLIP's naming."""

from dataclasses import dataclass

from compat.identify.kinds.published import published
from compat.identify.model import Dim, Layout, Placement, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

_TEXT_ROOTS = {"transformers": "text_model.", "transformers-5": ""}
_VISION_ROOTS = {"transformers": "vision_model.", "transformers-5": ""}
"""transformers 5 saves a lone tower without the name of the tower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TowerSize:
    """One size of tower.

    ``open_clip_layers`` is the number of layers in OpenCLIP's files, of which ports drop one where
    the pipeline reads the last but one; 0 where OpenCLIP has no such model.
    """

    width: int
    layers: int
    parameters: int
    open_clip_layers: int = 0


def clip_text(
    *,
    id: str,
    variant: str,
    size: TowerSize,
    placement: Placement,
    source: str,
    marks: tuple[Predicate, ...] = (HasNo("vision_model."),),
) -> Signature:
    """A signature for one text tower; ``marks`` say what may stand beside it."""

    def layout(name: str, root: str) -> Layout:
        return Layout(
            name=name,
            marks=(
                Has(f"{root}embeddings.token_embedding.weight"),
                side(f"{root}final_layer_norm.weight", 0, size.width),
                *marks,
            ),
            form=(
                side(f"{root}embeddings.token_embedding.weight", 0, 49408),
                # 248 positions are those of Long-CLIP.
                side(f"{root}embeddings.position_embedding.weight", 0, 77, 248),
                Blocks(f"{root}encoder.layers", size.layers, alike=True),
            ),
            dims=_text_dims(
                f"{root}final_layer_norm.weight", f"{root}embeddings.token_embedding.weight"
            ),
            placement=placement,
        )

    layouts = [layout(name, root) for name, root in _TEXT_ROOTS.items()]
    if size.open_clip_layers:
        layouts.append(_open_clip(size, placement))
    return published(
        *layouts,
        id=id,
        family="clip",
        variant=variant,
        role=Role.TEXT_ENCODER,
        parameters=size.parameters,
        source=source,
    )


def _text_dims(norm: str, table: str, pooled: str = "text_projection.weight") -> tuple[Dim, ...]:
    return (
        Dim(key="text-width", name=norm, axis=0),
        Dim(key="pooled-width", name=pooled, axis=0),
        Dim(key="vocabulary", name=table, axis=0),
    )


def _open_clip(size: TowerSize, placement: Placement) -> Layout:
    return Layout(
        name="open-clip",
        marks=(
            Has("token_embedding.weight"),
            Has("transformer.resblocks.0.attn.in_proj_weight"),
            side("ln_final.weight", 0, size.width),
            HasNo("visual."),
        ),
        form=(
            side("token_embedding.weight", 0, 49408),
            Blocks("transformer.resblocks", size.open_clip_layers, alike=True),
        ),
        dims=_text_dims("ln_final.weight", "token_embedding.weight", "text_projection"),
        placement=placement,
    )


def clip_vision(
    *,
    id: str,
    variant: str,
    size: TowerSize,
    placement: Placement,
    source: str,
    more_layouts: tuple[Layout, ...] = (),
) -> Signature:
    """A signature for one vision tower of patch 14, with or without its projection."""

    def layout(name: str, root: str) -> Layout:
        norm = f"{root}post_layernorm.weight"
        return Layout(
            name=name,
            marks=(
                Has(f"{root}embeddings.class_embedding"),
                side(norm, 0, size.width),
                HasNo("text_model."),
            ),
            form=(
                side(f"{root}embeddings.patch_embedding.weight", 2, 14),
                Blocks(f"{root}encoder.layers", size.layers, alike=True),
            ),
            dims=(
                Dim(key="width", name=norm, axis=0),
                Dim(key="pooled-width", name="visual_projection.weight", axis=0),
            ),
            placement=placement,
        )

    layouts = [layout(name, root) for name, root in _VISION_ROOTS.items()]
    layouts.append(_open_clip_vision(size, placement))
    layouts += more_layouts
    return published(
        *layouts,
        id=id,
        family="clip",
        variant=variant,
        role=Role.IMAGE_ENCODER,
        parameters=size.parameters,
        source=source,
    )


def _open_clip_vision(size: TowerSize, placement: Placement) -> Layout:
    return Layout(
        name="open-clip",
        marks=(
            Has("visual.class_embedding"),
            Has("visual.transformer.resblocks.0.attn.in_proj_weight"),
            side("visual.ln_post.weight", 0, size.width),
        ),
        form=(
            side("visual.conv1.weight", 2, 14),
            Blocks("visual.transformer.resblocks", size.layers, alike=True),
        ),
        dims=(Dim(key="width", name="visual.ln_post.weight", axis=0),),
        placement=placement,
    )
