"""By how much each VAE shrinks a clip: frames, then pixels of a side, to one latent."""

from collections.abc import Mapping

FACTORS: Mapping[str, tuple[int, int]] = {
    "ltx-vae-0-9-0": (8, 32),
    "ltx-vae-0-9-1": (8, 32),
    "ltx-vae-0-9-5": (8, 32),
    "ltx-2-vae": (8, 32),
    "ltx-2-3-vae": (8, 32),
    "ltx-2-5-diffusion-vae": (8, 32),
    "wan-2-1-vae": (4, 8),
    "wan-2-2-vae": (4, 16),
    "hunyuan-video-vae": (4, 8),
    "hunyuan-video-1-5-vae": (4, 16),
    "mochi-vae": (6, 8),
    "mochi-vae-decoder": (6, 8),
    "mochi-vae-encoder": (6, 8),
    "cogvideox-vae": (4, 8),
    "sd-vae": (1, 8),
    "flux-vae": (1, 8),
    "taesd": (1, 8),
    "taehv-16ch": (4, 8),
    "taehv-32ch": (4, 16),
    "taehv-48ch": (4, 16),
    "taehv-128ch": (8, 32),
}
"""Time and space, from ComfyUI's sd.py (upscale_index_formula) and diffusers' configurations."""

_TIMESTEP = ("ltx-vae-0-9-1", "ltx-vae-0-9-5")


def latent_factors(identifier: str) -> dict[str, object]:
    """The measures of VAE ``identifier``; empty for anything else."""
    if identifier not in FACTORS:
        return {}
    time, space = FACTORS[identifier]
    return {
        "frames_per_latent": time,
        "pixels_per_latent": space,
        "timestep_conditioned_decoder": identifier in _TIMESTEP,
    }
