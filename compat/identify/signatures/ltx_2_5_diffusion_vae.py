"""VAE of LTX-2.5 whose decoder is a small diffusion model with neighbourhood attention."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Blocks, Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.det_stages.0.0.attn.qkv.weight"),
        Has("decoder.diff_blocks.0.context_proj.weight"),
        side("decoder.conv_in.weight", 1, 128),
        form=(
            side("decoder.conv_in.weight", 0, 2048),
            side("decoder.conv_out.weight", 0, 48),
            Blocks("decoder.det_stages", 4),
            Blocks("decoder.diff_blocks", 8, alike=True),
        ),
        channels=("decoder.conv_in.weight", 1),
        placement=in_comfyui(
            note="the decoder needs natten, else Triton or a slow eager form; MPS has neither; "
            "ltx-2.5-video-vae-conv is the convolutional one"
        ),
    ),
    layout(
        "diffusers",
        Has("det_stages.0.0.attn.to_q.weight"),
        Has("diff_blocks.0.context_proj.weight"),
        side("conv_in.weight", 1, 128),
        form=(
            side("conv_in.weight", 0, 2048),
            Blocks("det_stages", 4),
            Blocks("diff_blocks", 8, alike=True),
        ),
        channels=("conv_in.weight", 1),
        placement=in_diffusers("LTX2VideoDiffusionDecoder"),
    ),
    id="ltx-2-5-diffusion-vae",
    family="ltx2",
    variant="2.5 with a diffusion decoder, 8x32x32",
    generation="2.3",
    parameters=417133616,
    source="ltx-core DiffusionVideoDecoder in the size of diffusers' LTX2 diffusion decoder; 309 "
    "decoder and 84 encoder tensors in the published file; the count is the decoder's",
)
