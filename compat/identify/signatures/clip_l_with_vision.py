"""CLIP ViT-L whole: the text encoder and the vision tower in one file."""

from compat.identify.kinds.clip import TowerSize, clip_text
from compat.identify.model import Placement
from compat.identify.predicates import Has

SIGNATURE = clip_text(
    id="clip-l-with-vision",
    variant="L, text and vision",
    size=TowerSize(width=768, layers=12, parameters=427616513),
    marks=(Has("vision_model.embeddings.class_embedding"),),
    source="transformers CLIPModel in the openai/clip-vit-large-patch14 configuration",
    placement=Placement(
        comfyui_loader="CLIPLoader",
        comfyui_folder="text_encoders",
        diffusers_class="transformers.CLIPModel",
        note="CLIPLoader takes its text half, CLIPVisionLoader its vision half",
    ),
)
