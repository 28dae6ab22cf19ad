"""CogVideoX 5B image-to-video, with the picture's latent in further channels."""

from compat.identify.kinds.cogvideox import cogvideox

SIGNATURE = cogvideox(
    id="cogvideox-5b-i2v",
    variant="5B I2V",
    generation="1.0",
    width=3072,
    blocks=42,
    channels=32,
    parameters=5_625_087_552,
    diffusers_class="CogVideoXImageToVideoPipeline",
)
