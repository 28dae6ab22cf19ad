"""HunyuanVideo's denoisers in the publisher's, ComfyUI's and diffusers' names."""

from compat.identify.kinds.video_placement import diffusers_only, unet_loader
from compat.identify.model import (
    Dim,
    Layout,
    Need,
    Placement,
    Predicate,
    Role,
    Signature,
)
from compat.identify.predicates import Blocks, Has, HasNo, either, side

TEXT_1_0 = (
    Need(role=Role.TEXT_ENCODER, ids=("llava-llama-3-8b", "llama-3-8b")),
    Need(role=Role.TEXT_ENCODER, ids=("clip-l",), note="both text encoders are needed"),
    Need(role=Role.VAE, ids=("hunyuan-video-vae",)),
)
_TEXT_1_5 = (
    Need(role=Role.TEXT_ENCODER, ids=("qwen-2-5-vl-7b",)),
    Need(role=Role.TEXT_ENCODER, ids=("byt5-small-glyph",), note="for letters in the picture"),
    Need(role=Role.VAE, ids=("hunyuan-video-1-5-vae",)),
)
_SOURCE = (
    "ComfyUI model_detection.py and its HunyuanVideo; diffusers HunyuanVideoTransformer3DModel"
)

_MODULATION = {"publisher": "img_mod.linear.bias", "comfyui": "img_mod.lin.bias"}
"""Tencent's own name and the one ComfyUI gives it when it saves the model."""


def hunyuan_video(
    *,
    id: str,
    variant: str,
    channels: int,
    parameters: int,
    diffusers_class: str,
) -> Signature:
    """A signature for the 13B model; ``channels`` are those its patch embedding takes."""

    def marks(name: str) -> tuple[Predicate, ...]:
        # A lost block must not hide whose names these are: another one is asked as well.
        blocks = (f"double_blocks.{n}.{_MODULATION[name]}" for n in (0, 1))
        return (
            Has("txt_in.individual_token_refiner.blocks.0.norm1.weight"),
            Has("vector_in.in_layer.weight"),
            HasNo(("cond_type_embedding", "byt5_in.", "vision_in.")),
            side("img_in.proj.weight", 1, channels, channels * 4),
            either(*map(Has, blocks)),
        )

    return Signature(
        id=id,
        family="hunyuan-video",
        variant=variant,
        generation="1.0",
        role=Role.DIFFUSION_MODEL,
        marks=marks("publisher"),
        form=_form(),
        source=_SOURCE,
        parameters=parameters,
        dims=_dims("img_in.proj", "txt_in.input_embedder"),
        needs=TEXT_1_0,
        placement=unet_loader(diffusers_class),
        layouts=(
            Layout(
                name="comfyui",
                marks=marks("comfyui"),
                form=_form(),
                dims=_dims("img_in.proj", "txt_in.input_embedder"),
                placement=unet_loader(diffusers_class),
            ),
            _diffusers(channels, diffusers_class),
        ),
    )


def _form() -> tuple[Predicate, ...]:
    return (
        either(side("img_in.proj.bias", 0, 3072), side("img_in.proj.weight", 0, 3072)),
        side("txt_in.input_embedder.weight", 1, 4096),
        Blocks("double_blocks", 20, alike=True),
        Blocks("single_blocks", 40, alike=True),
    )


def _dims(patch: str, text: str) -> tuple[Dim, ...]:
    return (
        Dim(key="width", name=f"{patch}.bias", axis=0),
        Dim(key="text-width", name=f"{text}.weight", axis=1),
        Dim(key="in-channels", name=f"{patch}.weight", axis=1),
    )


def diffusers_marks(channels: int) -> tuple[Predicate, ...]:
    """What HunyuanVideo and FramePack share in diffusers' names."""
    return (
        Has("context_embedder.token_refiner.refiner_blocks.0.norm1.weight"),
        Has("time_text_embed.text_embedder.linear_1.weight"),
        side("x_embedder.proj.weight", 1, channels, channels * 4),
    )


def diffusers_form() -> tuple[Predicate, ...]:
    """The sizes of the 13B model in diffusers' names."""
    return (
        either(side("x_embedder.proj.bias", 0, 3072), side("x_embedder.proj.weight", 0, 3072)),
        side("context_embedder.proj_in.weight", 1, 4096),
        Blocks("transformer_blocks", 20, alike=True),
        Blocks("single_transformer_blocks", 40, alike=True),
    )


DIFFUSERS_DIMS = _dims("x_embedder.proj", "context_embedder.proj_in")


def _diffusers(channels: int, diffusers_class: str) -> Layout:
    return Layout(
        name="diffusers",
        marks=(*diffusers_marks(channels), HasNo(("clean_x_embedder.", "image_projection."))),
        form=diffusers_form(),
        dims=DIFFUSERS_DIMS,
        placement=diffusers_only(diffusers_class),
    )


_APART = (
    "ComfyUI's model has one matrix for q, k and v where this file has three: take Comfy-Org's "
    "repackaged file"
)


def hunyuan_video_1_5(
    *,
    id: str,
    variant: str,
    channels: int,
    parameters: int,
    diffusers_class: str,
) -> Signature:
    """A signature for the 8B model of 1.5, with its condition types and glyph encoder."""

    def marks(name: str) -> tuple[Predicate, ...]:
        key = {"publisher": "time_in.mlp.0.bias", "comfyui": "time_in.in_layer.bias"}[name]
        return (
            Has("cond_type_embedding.weight"),
            Has("byt5_in.fc1.weight"),
            HasNo("vector_in."),
            side("img_in.proj.weight", 1, channels),
            Has(key),
        )

    form = (
        either(side("img_in.proj.bias", 0, 2048), side("img_in.proj.weight", 0, 2048)),
        side("txt_in.input_embedder.weight", 1, 3584),
        Has("vision_in.proj.0.weight"),
        Blocks("double_blocks", 54, alike=True),
    )
    dims = _dims("img_in.proj", "txt_in.input_embedder")
    return Signature(
        id=id,
        family="hunyuan-video",
        variant=variant,
        generation="1.5",
        role=Role.DIFFUSION_MODEL,
        marks=marks("publisher"),
        form=form,
        source=_SOURCE,
        parameters=parameters,
        dims=dims,
        needs=_TEXT_1_5,
        placement=Placement(diffusers_class=diffusers_class, note=_APART),
        layouts=(
            Layout(
                name="comfyui",
                marks=marks("comfyui"),
                form=form,
                dims=dims,
                placement=unet_loader(diffusers_class),
            ),
            _diffusers_1_5(channels, diffusers_class),
        ),
    )


def _diffusers_1_5(channels: int, diffusers_class: str) -> Layout:
    return Layout(
        name="diffusers",
        marks=(
            Has("cond_type_embed.weight"),
            Has("context_embedder_2.linear_1.weight"),
            side("x_embedder.proj.weight", 1, channels),
        ),
        form=(
            either(side("x_embedder.proj.bias", 0, 2048), side("x_embedder.proj.weight", 0, 2048)),
            side("context_embedder.proj_in.weight", 1, 3584),
            Has("image_embedder.norm_in.weight"),
            Blocks("transformer_blocks", 54, alike=True),
        ),
        dims=DIFFUSERS_DIMS,
        placement=diffusers_only(diffusers_class),
    )
