"""Latent upscaler of LTX-Video 0.9.7 and 0.9.8: twice the width and height."""

from compat.identify.component_predicates import Dimensions
from compat.identify.kinds.latent_upscaler import latent_upscaler
from compat.identify.predicates import side

SIGNATURE = latent_upscaler(
    id="ltx-upscaler-spatial",
    family="ltx",
    variant="0.9.7 or 0.9.8 latents, x2 in space",
    generation="0.9",
    width=512,
    upsampler=(
        side("upsampler.0.weight", 0, 2048),
        Dimensions("upsampler.0.weight", 4),
    ),
    parameters=126250624,
    source="ltx-core LatentUpsampler; diffusers LTXLatentUpsamplerModel",
)
