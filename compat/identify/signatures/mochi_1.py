"""Mochi 1."""

from compat.identify.kinds.video_placement import diffusers_only, unet_loader
from compat.identify.model import Dim, Layout, Need, Role, Signature
from compat.identify.predicates import Blocks, Has, either, side

SIGNATURE = Signature(
    id="mochi-1",
    family="mochi",
    variant="10B",
    role=Role.DIFFUSION_MODEL,
    marks=(
        Has("t5_yproj.weight"),
        Has("t5_y_embedder.to_kv.weight"),
        side("x_embedder.proj.weight", 1, 12),
    ),
    form=(
        either(side("t5_yproj.bias", 0, 1536), side("t5_yproj.weight", 0, 1536)),
        side("t5_yproj.weight", 1, 4096),
        Blocks("blocks", 48, alike=False),
    ),
    source="ComfyUI model_detection.py and its AsymmDiTJoint; diffusers MochiTransformer3DModel",
    parameters=10_027_677_744,
    dims=(
        Dim(key="width", name="x_embedder.proj.bias", axis=0),
        Dim(key="text-width", name="t5_yproj.weight", axis=1),
        Dim(key="latent-channels", name="x_embedder.proj.weight", axis=1),
    ),
    needs=(
        Need(role=Role.TEXT_ENCODER, ids=("t5-xxl",), note="256 tokens"),
        Need(role=Role.VAE, ids=("mochi-vae",)),
    ),
    placement=unet_loader("MochiPipeline"),
    layouts=(
        Layout(
            name="diffusers",
            marks=(
                Has("time_embed.caption_proj.weight"),
                Has("time_embed.pooler.to_kv.weight"),
                side("patch_embed.proj.weight", 1, 12),
            ),
            form=(
                side("time_embed.caption_proj.weight", 1, 4096),
                Blocks("transformer_blocks", 48),
            ),
            dims=(
                Dim(key="width", name="patch_embed.proj.bias", axis=0),
                Dim(key="text-width", name="time_embed.caption_proj.weight", axis=1),
                Dim(key="latent-channels", name="patch_embed.proj.weight", axis=1),
            ),
            placement=diffusers_only("MochiPipeline"),
        ),
    ),
)
