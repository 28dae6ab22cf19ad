"""Stable Diffusion's unets, which AnimateDiff and HotShot-XL put into motion."""

from dataclasses import dataclass

from compat.identify.model import Dim, Layout, Need, Placement, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, either, side

CLIP_L = Need(role=Role.TEXT_ENCODER, ids=("clip-l",))
CLIP_G = Need(role=Role.TEXT_ENCODER, ids=("clip-g",))
CLIP_H = Need(role=Role.TEXT_ENCODER, ids=("clip-h",))
VAE = Need(role=Role.VAE, ids=("sd-vae",))

_TO_K = "transformer_blocks.0.attn2.to_k.weight"


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of one generation.

    ``width`` is that of the first level, ``context`` the width of the encoded prompt, ``pooled``
    the columns of the label embedding (0 for none), ``levels`` how often the picture is halved,
    plus one, ``middle`` the transformer blocks in the middle. ``attention`` names the places where
    the prompt is read, by layout.
    """

    width: int
    context: int
    pooled: int
    levels: int
    middle: int
    attention: tuple[str, str]
    attention_diffusers: tuple[str, str]


_OUTER = ("input_blocks.1.1", "input_blocks.2.1")
_OUTER_DIFFUSERS = ("down_blocks.0.attentions.0", "down_blocks.0.attentions.1")
_INNER = ("input_blocks.4.1", "input_blocks.5.1")
_INNER_DIFFUSERS = ("down_blocks.1.attentions.0", "down_blocks.1.attentions.1")

SD_1 = Shape(320, 768, 0, 4, 1, _OUTER, _OUTER_DIFFUSERS)
SD_2 = Shape(320, 1024, 0, 4, 1, _OUTER, _OUTER_DIFFUSERS)
SD_XL = Shape(320, 2048, 2816, 3, 10, _INNER, _INNER_DIFFUSERS)
REFINER = Shape(384, 1280, 2560, 4, 4, _INNER, _INNER_DIFFUSERS)
"""ComfyUI supported_models.py: SD15, SD20, SDXL, SDXLRefiner."""

_NOT_A_PLAIN_UNET = (
    "down_blocks.0.motion_modules.",
    "controlnet_",
    "down_blocks.0.temp_attentions.",
)


def unet(
    *,
    id: str,
    variant: str,
    generation: str,
    shape: Shape,
    channels: int,
    parameters: int,
    diffusers_class: str,
    needs: tuple[Need, ...],
) -> Signature:
    """A signature for one unet; ``channels`` are 4, 8 for InstructPix2Pix, 9 for inpainting."""
    placement = Placement(
        comfyui_loader="UNETLoader",
        comfyui_folder="diffusion_models",
        diffusers_class=diffusers_class,
        note="a whole checkpoint goes to checkpoints, CheckpointLoaderSimple",
    )
    label = side("label_emb.0.0.weight", 1, shape.pooled)
    blocks = shape.levels * 3
    return Signature(
        id=id,
        family="stable-diffusion",
        variant=variant,
        generation=generation,
        role=Role.DIFFUSION_MODEL,
        marks=(
            side("input_blocks.0.0.weight", 0, shape.width),
            side("input_blocks.0.0.weight", 1, channels),
            Has("time_embed.0.weight"),
            label if shape.pooled else HasNo("label_emb."),
            HasNo(("input_blocks.1.1.time_stack.", "input_hint_block.")),
            _context(shape.attention, shape.context),
            # Distilled kin (SSD-1B, Vega, KOALA) have fewer blocks there, or none.
            Blocks("middle_block.1.transformer_blocks", shape.middle),
        ),
        form=(Blocks("input_blocks", blocks), Blocks("output_blocks", blocks), Has("out.2.weight")),
        source="ComfyUI model_detection.py and its UNetModel; diffusers UNet2DConditionModel",
        parameters=parameters,
        dims=_dims(shape.attention, "input_blocks.0.0.weight", "label_emb.0.0.weight"),
        needs=(*needs, VAE),
        placement=placement,
        layouts=(_diffusers(shape, channels, placement),),
    )


def _context(places: tuple[str, str], width: int) -> Predicate:
    return either(*(side(f"{place}.{_TO_K}", 1, width) for place in places))


def _dims(places: tuple[str, str], patch: str, label: str) -> tuple[Dim, ...]:
    return (
        *(Dim(key="text-width", name=f"{place}.{_TO_K}", axis=1) for place in places),
        Dim(key="in-channels", name=patch, axis=1),
        Dim(key="pooled-width", name=label, axis=1),
    )


def _diffusers(shape: Shape, channels: int, placement: Placement) -> Layout:
    label = side("add_embedding.linear_1.weight", 1, shape.pooled)
    return Layout(
        name="diffusers",
        marks=(
            side("conv_in.weight", 0, shape.width),
            side("conv_in.weight", 1, channels),
            Has("time_embedding.linear_1.weight"),
            label if shape.pooled else HasNo(("add_embedding.", "class_embedding.")),
            HasNo(_NOT_A_PLAIN_UNET),
            _context(shape.attention_diffusers, shape.context),
            Blocks("mid_block.attentions.0.transformer_blocks", shape.middle),
        ),
        form=(
            Blocks("down_blocks", shape.levels),
            Blocks("up_blocks", shape.levels),
            Has("mid_block.resnets.0.conv1.weight"),
            Has("conv_out.weight"),
        ),
        dims=_dims(shape.attention_diffusers, "conv_in.weight", "add_embedding.linear_1.weight"),
        placement=placement,
    )


def motion_unet(
    *,
    id: str,
    variant: str,
    shape: Shape,
    parameters: int,
    diffusers_class: str,
    needs: tuple[Need, ...],
) -> Signature:
    """A signature for diffusers' UNetMotionModel: a unet saved with a motion module inside."""
    table = "down_blocks.0.motion_modules.0.transformer_blocks.0.pos_embed.pe"
    return Signature(
        id=id,
        family="animatediff",
        variant=variant,
        role=Role.DIFFUSION_MODEL,
        marks=(
            Has("down_blocks.0.motion_modules.0.proj_in.weight"),
            side("conv_in.weight", 0, shape.width),
            Has("down_blocks.0.resnets.0.conv1.weight"),
            Has("up_blocks.0.resnets.0.conv1.weight"),
            _context(shape.attention_diffusers, shape.context),
        ),
        form=(Blocks("down_blocks", shape.levels), Blocks("up_blocks", shape.levels)),
        source="diffusers UNetMotionModel",
        parameters=parameters,
        dims=(
            *_dims(shape.attention_diffusers, "conv_in.weight", "add_embedding.linear_1.weight"),
            Dim(key="frames", name=table, axis=1),
        ),
        needs=(*needs, VAE),
        placement=Placement(
            diffusers_class=diffusers_class,
            note="ComfyUI takes unet and motion module as two files",
        ),
        layout="diffusers",
    )
