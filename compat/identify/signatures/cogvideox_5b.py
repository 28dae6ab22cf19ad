"""CogVideoX 5B."""

from compat.identify.kinds.cogvideox import cogvideox

SIGNATURE = cogvideox(
    id="cogvideox-5b",
    variant="5B",
    generation="1.0",
    width=3072,
    blocks=42,
    channels=16,
    parameters=5_570_283_072,
    diffusers_class="CogVideoXPipeline",
)
