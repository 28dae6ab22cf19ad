"""CLIP-L text encoder, 77 or (Long-CLIP) 248 positions."""

from compat.identify.kinds.clip import TowerSize, clip_text
from compat.identify.model import Placement

SIGNATURE = clip_text(
    id="clip-l",
    variant="L text encoder",
    size=TowerSize(width=768, layers=12, parameters=123060480, open_clip_layers=12),
    source="transformers CLIPTextModel in the openai/clip-vit-large-patch14 configuration; "
    "ComfyUI sd.py",
    placement=Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.CLIPTextModel",
        note="DualCLIPLoader for HunyuanVideo, Flux and SDXL; Stable Diffusion 1.5 checkpoints "
        "carry it",
    ),
)
