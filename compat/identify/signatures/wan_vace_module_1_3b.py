"""What VACE adds to Wan 2.1 T2V 1.3B, without the model itself."""

from compat.identify.model import Dim, Need, Placement, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, side

SIGNATURE = Signature(
    id="wan-vace-module-1-3b",
    family="wan",
    variant="2.1 VACE 1.3B module",
    role=Role.CONTROL,
    generation="2.1",
    marks=(
        Has("vace_blocks.0.before_proj.weight"),
        HasNo("head."),
        side("vace_patch_embedding.weight", 0, 1536),
    ),
    form=(
        side("vace_patch_embedding.weight", 1, 96),
        Blocks("vace_blocks", 15),
        side("vace_blocks.0.ffn.0.weight", 0, 8960),
    ),
    source="ComfyUI wan/model.py VaceWanModel; inferred, no real header was at hand",
    parameters=735138816,
    dims=(Dim(key="width", name="vace_patch_embedding.weight", axis=0),),
    needs=(
        Need(role=Role.DIFFUSION_MODEL, ids=("wan-t2v-1-3b",), note="it is a part of that model"),
    ),
    placement=Placement(
        comfyui_loader="WanVideoVACEModelSelect",
        comfyui_folder="diffusion_models",
        note="for ComfyUI-WanVideoWrapper and WanGP; UNETLoader needs the whole VACE model",
    ),
)
