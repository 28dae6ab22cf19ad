"""SigLIP so400m vision tower: FramePack and HunyuanVideo 1.5 look at images with it."""

from compat.identify.model import Dim, Layout, Placement, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

PLACEMENT = Placement(
    comfyui_loader="CLIPVisionLoader",
    comfyui_folder="clip_vision",
    diffusers_class="transformers.SiglipVisionModel",
    note="sigclip_vision_patch14_384 is this model",
)


def _marks(root: str) -> tuple[Predicate, ...]:
    return (
        side(f"{root}post_layernorm.weight", 0, 1152),
        Has(f"{root}head.probe"),
        HasNo(f"{root}embeddings.class_embedding"),
        HasNo("text_model."),
    )


def _form(root: str) -> tuple[Predicate, ...]:
    return (
        # 224, 384 and 512 pixels in patches of 14, 14 and 16.
        side(f"{root}embeddings.position_embedding.weight", 0, 256, 729, 1024),
        Blocks(f"{root}encoder.layers", 27, alike=True),
    )


def _dims(root: str) -> tuple[Dim, ...]:
    return (Dim(key="width", name=f"{root}post_layernorm.weight", axis=0),)


SIGNATURE = Signature(
    id="siglip-so400m",
    family="siglip",
    variant="so400m vision",
    role=Role.IMAGE_ENCODER,
    marks=_marks("vision_model."),
    form=_form("vision_model."),
    source="transformers SiglipVisionModel in the so400m-patch14-384 configuration; ComfyUI",
    parameters=428225600,
    dims=_dims("vision_model."),
    placement=PLACEMENT,
    layout="transformers",
    layouts=(
        Layout(
            name="transformers-5",
            marks=_marks(""),
            form=_form(""),
            dims=_dims(""),
            placement=PLACEMENT,
        ),
    ),
)
