"""Latent upscaler that doubles the frames: of LTX-Video and of LTX-2 to 2.5, whose "
"headers are the same."""

from compat.identify.component_predicates import Dimensions
from compat.identify.kinds.latent_upscaler import latent_upscaler
from compat.identify.predicates import side

SIGNATURE = latent_upscaler(
    id="ltx-upscaler-temporal",
    family="ltx",
    variant="LTX-Video or LTX-2 latents, x2 in time",
    generation="",
    width=512,
    upsampler=(
        side("upsampler.0.weight", 0, 1024),
        Dimensions("upsampler.0.weight", 5),
    ),
    parameters=130968192,
    source="ltx-core LatentUpsampler; 72 tensors and 262 MB of the published LTX-2 and 2.3 files",
)
