"""VAE of Wan 2.2 5B: 48 channels at 16 x 16."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Has, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.middle.0.residual.0.gamma"),
        Has("decoder.upsamples.0.upsamples.0.residual.2.weight"),
        form=(
            side("decoder.conv1.weight", 1, 48),
            side("decoder.head.0.gamma", 0, 256),
            side("conv2.weight", 0, 48),
        ),
        channels=("decoder.conv1.weight", 1),
        placement=in_comfyui(
            "AutoencoderKLWan", "only Wan 2.2 TI2V 5B takes it; Wan 2.2 A14B takes the VAE of 2.1"
        ),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.norm1.gamma"),
        Has("decoder.mid_block.resnets.0.conv1.weight"),
        side("post_quant_conv.weight", 0, 48),
        form=(
            side("decoder.conv_in.weight", 1, 48),
            side("decoder.norm_out.gamma", 0, 256),
        ),
        channels=("decoder.conv_in.weight", 1),
        placement=in_diffusers("AutoencoderKLWan"),
    ),
    id="wan-2-2-vae",
    family="wan",
    variant="2.2 (5B only), 4x16x16",
    generation="2.2",
    parameters=704688668,
    source="wan.modules.vae2_2 as ComfyUI builds it; diffusers AutoencoderKLWan",
)
