"""AnimateDiff's motion modules and their kin, by levels, middle block and positional table."""

from compat.identify.model import Dim, Layout, Need, Placement, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

_FIRST = "down_blocks.0.motion_modules.0"
_PUBLISHED = f"{_FIRST}.temporal_transformer"
TABLE = f"{_PUBLISHED}.transformer_blocks.0.attention_blocks.0.pos_encoder.pe"
_TABLE_DIFFUSERS = f"{_FIRST}.transformer_blocks.0.pos_embed.pe"

SD_1 = Need(role=Role.DIFFUSION_MODEL, ids=("sd-1-5",), note="a checkpoint of the same generation")
SD_XL = Need(role=Role.DIFFUSION_MODEL, ids=("sdxl",), note="a checkpoint of the same generation")

PLACEMENT = Placement(
    comfyui_loader="ADE_LoadAnimateDiffModel",
    comfyui_folder="animatediff_models",
    diffusers_class="MotionAdapter",
    note="the node is one of ComfyUI-AnimateDiff-Evolved",
)

_EXTRAS = ("conv_in.", "fps_embedding.", "motion_embedding.", "down_blocks.0.resnets.")
"""What PIA, FancyVideo and a whole unet have besides."""


def motion_module(
    *,
    id: str,
    variant: str,
    generation: str,
    levels: int,
    middle: bool | None,
    frames: tuple[int, ...],
    parameters: int,
    needs: tuple[Need, ...],
    marks: tuple[Predicate, ...] = (HasNo(_EXTRAS),),
    diffusers: bool = True,
) -> Signature:
    """A signature for one motion module.

    ``frames`` are the lengths its positional table may have, the longest context it can take; empty
    for a module that has none. ``middle`` says whether there is a middle block, None for either.
    """
    layouts: tuple[Layout, ...] = ()
    if diffusers:
        own = _conditions(_FIRST, _TABLE_DIFFUSERS, levels, frames, middle=middle)
        layouts = (
            Layout(
                name="diffusers",
                marks=(*own, *marks),
                form=_form(_TABLE_DIFFUSERS, levels, frames),
                dims=_dims(_TABLE_DIFFUSERS),
                placement=PLACEMENT,
            ),
        )
    return Signature(
        id=id,
        family="animatediff",
        variant=variant,
        generation=generation,
        role=Role.MOTION_MODULE,
        marks=(*_conditions(_PUBLISHED, TABLE, levels, frames, middle=middle), *marks),
        form=_form(TABLE, levels, frames),
        source="AnimateDiff-Evolved motion_module_ad.py; diffusers MotionAdapter",
        parameters=parameters,
        dims=_dims(TABLE),
        needs=needs,
        placement=PLACEMENT,
        layouts=layouts,
    )


def _conditions(
    stem: str, table: str, levels: int, frames: tuple[int, ...], *, middle: bool | None
) -> tuple[Predicate, ...]:
    found: list[Predicate] = [Has(f"{stem}.proj_in.weight")]
    found.append(side(table, 1, *frames) if frames else HasNo(table))
    last = stem.replace("down_blocks.0", "down_blocks.3")
    found.append(Has(f"{last}.proj_in.weight") if levels == 4 else HasNo("down_blocks.3."))
    if middle is not None:
        center = stem.replace("down_blocks.0", "mid_block")
        found.append(Has(f"{center}.proj_in.weight") if middle else HasNo("mid_block."))
    return tuple(found)


def _form(table: str, levels: int, frames: tuple[int, ...]) -> tuple[Predicate, ...]:
    blocks = (Blocks("down_blocks", levels), Blocks("up_blocks", levels))
    return (side(table, 2, 320), *blocks) if frames else blocks


def _dims(table: str) -> tuple[Dim, ...]:
    return (Dim(key="frames", name=table, axis=1), Dim(key="width", name=table, axis=2))
