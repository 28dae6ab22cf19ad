"""CLIP-H (OpenCLIP ViT-H) text encoder: Stable Diffusion 2 reads it."""

from compat.identify.kinds.clip import TowerSize, clip_text
from compat.identify.model import Placement

SIGNATURE = clip_text(
    id="clip-h",
    variant="H text encoder",
    size=TowerSize(width=1024, layers=23, parameters=340387840, open_clip_layers=24),
    source="transformers CLIPTextModel in the SD 2.1 configuration; open_clip ViT-H-14; ComfyUI "
    "sd2_clip_config.json",
    placement=Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.CLIPTextModel",
        note="",
    ),
)
