"""CogVideoX 2B."""

from compat.identify.kinds.cogvideox import cogvideox

SIGNATURE = cogvideox(
    id="cogvideox-2b",
    variant="2B",
    generation="1.0",
    width=1920,
    blocks=30,
    channels=16,
    parameters=1_693_783_872,
    diffusers_class="CogVideoXPipeline",
)
