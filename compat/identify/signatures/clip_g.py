"""CLIP-G (OpenCLIP bigG) text encoder: SDXL reads it beside CLIP-L."""

from compat.identify.kinds.clip import TowerSize, clip_text
from compat.identify.model import Placement

SIGNATURE = clip_text(
    id="clip-g",
    variant="G text encoder",
    size=TowerSize(width=1280, layers=32, parameters=694659840, open_clip_layers=32),
    source="transformers CLIPTextModelWithProjection; open_clip ViT-bigG-14; ComfyUI "
    "clip_config_bigg.json",
    placement=Placement(
        comfyui_loader="DualCLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.CLIPTextModelWithProjection",
        note="DualCLIPLoader type=sdxl, beside clip-l",
    ),
)
