"""The layouts in which pipelines keep the latents that their VAE takes as a clip."""

from typing import Any


def laid_out(latents: Any, shape: tuple[int, ...]) -> Any:
    """[1, C, T, H, W] (or [T, C, H, W] of a picture VAE) in the layout ``shape``; None if unknown.

    LTX packs every position into a token, CogVideoX has time before the channels, AnimateDiff puts
    pictures into a clip, the others keep the VAE's own layout (diffusers 0.42.1).
    """
    video = latents if latents.ndim == 5 else latents.transpose(0, 1).unsqueeze(0)
    for candidate in (
        video,
        video.permute(0, 2, 3, 4, 1).flatten(1, 3),
        video.transpose(1, 2),
    ):
        if tuple(candidate.shape) == shape:
            return candidate
    return None
