"""Latent upscaler of LTX-2.0: twice the width and height, by a rational resampler."""

from compat.identify.kinds.latent_upscaler import latent_upscaler
from compat.identify.predicates import Has, side

SIGNATURE = latent_upscaler(
    id="ltx-2-upscaler-spatial-x2",
    family="ltx2",
    variant="2.0 latents, x2 in space",
    generation="2.0",
    width=1024,
    upsampler=(
        side("upsampler.conv.weight", 0, 4096),
        Has("upsampler.blur_down.kernel"),
    ),
    parameters=497867904,
    source="ltx-core LatentUpsampler; diffusers LTX2LatentUpsamplerModel",
)
