"""Latent upscaler of LTX-2.3: one and a half times the width and height."""

from compat.identify.kinds.latent_upscaler import latent_upscaler
from compat.identify.predicates import Has, side

SIGNATURE = latent_upscaler(
    id="ltx-2-3-upscaler-spatial-x1-5",
    family="ltx2",
    variant="2.3 latents, x1.5 in space",
    generation="2.3",
    width=1024,
    upsampler=(
        side("upsampler.conv.weight", 0, 9216),
        Has("upsampler.blur_down.kernel"),
    ),
    parameters=545058944,
    source="ltx-core LatentUpsampler; 73 tensors and 1 090 125 794 bytes of the published file",
)
