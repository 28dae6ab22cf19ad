"""CogVideoX 1.5 5B: patches span two latent frames, embedded by a linear layer."""

from compat.identify.kinds.cogvideox import cogvideox

SIGNATURE = cogvideox(
    id="cogvideox-1-5-5b",
    variant="1.5 5B",
    generation="1.5",
    width=3072,
    blocks=42,
    channels=128,
    parameters=5_570_676_352,
    diffusers_class="CogVideoXPipeline",
)
