"""CLIP ViT-bigG vision tower."""

from compat.identify.kinds.clip import TowerSize, clip_vision
from compat.identify.model import Placement

SIGNATURE = clip_vision(
    id="clip-vision-g",
    variant="ViT-bigG vision",
    size=TowerSize(width=1664, layers=48, parameters=1844907264),
    source="transformers CLIPVisionModelWithProjection; ComfyUI clip_vision_config_g.json",
    placement=Placement(
        comfyui_loader="CLIPVisionLoader",
        comfyui_folder="clip_vision",
        diffusers_class="transformers.CLIPVisionModelWithProjection",
        note="",
    ),
)
