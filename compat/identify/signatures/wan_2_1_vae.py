"""VAE of Wan 2.1, which Wan 2.2 A14B takes as well; Qwen-Image has the same header."""

from compat.identify.kinds.autoencoder import in_comfyui, in_diffusers, layout
from compat.identify.kinds.published import published
from compat.identify.predicates import Has, HasNo, side

SIGNATURE = published(
    layout(
        "publisher",
        Has("decoder.middle.0.residual.0.gamma"),
        HasNo("decoder.upsamples.0.upsamples.0.residual.2.weight"),
        HasNo("decoder.upsamples.0.upsamples."),
        side("encoder.conv1.weight", 1, 3),
        # Pruned ones (LightVAE) are narrower and models of their own.
        side("decoder.head.0.gamma", 0, 96),
        form=(
            side("decoder.conv1.weight", 1, 16),
            side("conv2.weight", 0, 16),
        ),
        channels=("decoder.conv1.weight", 1),
        placement=in_comfyui(
            "AutoencoderKLWan",
            "Wan 2.1 and Wan 2.2 A14B take it, Wan 2.2 5B does not; the VAE of Qwen-Image "
            "cannot be told from it by the header",
        ),
    ),
    layout(
        "diffusers",
        Has("decoder.mid_block.resnets.0.norm1.gamma"),
        Has("decoder.mid_block.resnets.0.conv1.weight"),
        side("post_quant_conv.weight", 0, 16),
        form=(
            side("decoder.conv_in.weight", 1, 16),
            side("decoder.norm_out.gamma", 0, 96),
        ),
        channels=("decoder.conv_in.weight", 1),
        placement=in_diffusers(
            "AutoencoderKLWan", "or AutoencoderKLQwenImage, whose header is the same"
        ),
    ),
    id="wan-2-1-vae",
    family="wan",
    variant="2.1 (also 2.2 A14B), 4x8x8",
    generation="2.1",
    parameters=126892531,
    source="wan.modules.vae as ComfyUI builds it; diffusers AutoencoderKLWan and "
    "AutoencoderKLQwenImage",
)
