"""CLIP ViT-L vision tower, 224 or 336 pixels (LLaVA has the latter)."""

from compat.identify.kinds.clip import TowerSize, clip_vision
from compat.identify.model import Placement

SIGNATURE = clip_vision(
    id="clip-vision-l",
    variant="ViT-L vision",
    size=TowerSize(width=1024, layers=24, parameters=303966208),
    source="transformers CLIPVisionModelWithProjection; ComfyUI clip_vision.py",
    placement=Placement(
        comfyui_loader="CLIPVisionLoader",
        comfyui_folder="clip_vision",
        diffusers_class="transformers.CLIPVisionModelWithProjection",
        note="",
    ),
)
