"""Latent upscaler of LTX-2.3 and 2.5: twice the width and height."""

from compat.identify.component_predicates import Dimensions
from compat.identify.kinds.latent_upscaler import latent_upscaler
from compat.identify.predicates import side

SIGNATURE = latent_upscaler(
    id="ltx-2-3-upscaler-spatial-x2",
    family="ltx2",
    variant="2.3 or 2.5 latents, x2 in space",
    generation="2.3",
    width=1024,
    upsampler=(
        side("upsampler.0.weight", 0, 4096),
        Dimensions("upsampler.0.weight", 4),
    ),
    parameters=497867904,
    source="ltx-core LatentUpsampler; 72 tensors and 995 743 504 bytes of the published file",
)
