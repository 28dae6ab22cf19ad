"""CLIP ViT-H vision tower: Wan 2.1 image-to-video and IP-Adapter look at images with it."""

from compat.identify.kinds.clip import TowerSize, clip_vision
from compat.identify.model import Dim, Layout, Placement
from compat.identify.predicates import Blocks, Has, side

WAN = Layout(
    name="wan",
    marks=(
        Has("visual.cls_embedding"),
        Has("visual.transformer.0.attn.to_qkv.weight"),
        side("visual.pre_norm.weight", 0, 1280),
    ),
    form=(
        side("visual.patch_embedding.weight", 2, 14),
        Blocks("visual.transformer", 32, alike=True),
    ),
    dims=(Dim(key="width", name="visual.pre_norm.weight", axis=0),),
    placement=Placement(
        comfyui_loader="LoadWanVideoClipTextEncoder",
        comfyui_folder="text_encoders",
        note="open-clip-xlm-roberta-large-vit-huge-14 in Wan-AI's own names: for Wan's code, WanGP "
        "and ComfyUI-WanVideoWrapper; CLIPVisionLoader takes clip_vision_h.safetensors",
    ),
)

SIGNATURE = clip_vision(
    id="clip-vision-h",
    variant="ViT-H vision",
    size=TowerSize(width=1280, layers=32, parameters=632076800),
    more_layouts=(WAN,),
    source="transformers CLIPVisionModel in the Wan 2.1 I2V image_encoder configuration; "
    "wan.modules.clip; ComfyUI clip_vision.py",
    placement=Placement(
        comfyui_loader="CLIPVisionLoader",
        comfyui_folder="clip_vision",
        diffusers_class="transformers.CLIPVisionModel",
        note="",
    ),
)
