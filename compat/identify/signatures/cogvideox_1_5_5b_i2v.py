"""CogVideoX 1.5 5B image-to-video, with the picture's latent in further columns."""

from compat.identify.kinds.cogvideox import cogvideox

SIGNATURE = cogvideox(
    id="cogvideox-1-5-5b-i2v",
    variant="1.5 5B I2V",
    generation="1.5",
    width=3072,
    blocks=42,
    channels=256,
    parameters=5_571_594_880,
    diffusers_class="CogVideoXImageToVideoPipeline",
)
