"""UMT5-XXL encoder: every block has a position bias of its own; in two layouts."""

from compat.identify.component_predicates import Values
from compat.identify.kinds.t5 import T5Size, encoder_placement, t5_encoder
from compat.identify.model import Dim, Layout, Placement
from compat.identify.predicates import Blocks, Has, side

WAN = Layout(
    name="wan",
    marks=(
        Has("blocks.0.pos_embedding.embedding.weight"),
        Has("blocks.1.pos_embedding.embedding.weight"),
        side("norm.weight", 0, 4096),
        Values("blocks.0.ffn.fc1.weight", 4096 * 10240),
        side("token_embedding.weight", 0, 256384),
    ),
    form=(Blocks("blocks", 24, alike=True),),
    dims=(
        Dim(key="text-width", name="norm.weight", axis=0),
        Dim(key="vocabulary", name="token_embedding.weight", axis=0),
    ),
    placement=Placement(
        comfyui_loader="LoadWanVideoT5TextEncoder",
        comfyui_folder="text_encoders",
        note="Wan-AI's own tensor names: for Wan's code, WanGP and ComfyUI-WanVideoWrapper; "
        "CLIPLoader of ComfyUI itself takes only the transformers names",
    ),
)

SIGNATURE = t5_encoder(
    id="umt5-xxl",
    variant="UMT5 XXL",
    size=T5Size(
        width=4096,
        inner=10240,
        vocabulary=256384,
        blocks=24,
        parameters=5680910336,
        bias_everywhere=True,
    ),
    source="transformers UMT5EncoderModel in the google/umt5-xxl configuration; wan.modules.t5",
    placement=encoder_placement("wan", "UMT5EncoderModel"),
    layouts=(WAN,),
)
