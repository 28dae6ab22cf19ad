"""Sends a clip that is known through a VAE and looks at what comes back."""

import math
import time
from typing import Any

from runners.engines.autoencoder import decode, encode
from runners.engines.evidence import KnownClipAnswer
from runners.engines.latent_scale import channel_statistics, normalised
from runners.engines.statistics import correlation, on_cpu

PATIENCE = 2.0
"""Seconds. A VAE that is slower at this tiny size is not asked to decode a second time."""


def known_clip(frames: int, height: int, width: int) -> Any:
    """[1, 3, T, H, W] in [-1, 1]: a disc and a bar that move over soft gradients, fine texture.

    It looks like nothing that is mirrored, turned, reversed in time or in its colours, so that
    each of these can be told.
    """
    import torch

    t = torch.linspace(0, 1, frames).view(frames, 1, 1)
    y = torch.linspace(0, 1, height).view(1, height, 1)
    x = torch.linspace(0, 1, width).view(1, 1, width)
    disc = torch.sigmoid(40 * (0.2 - ((x - 0.3 - 0.25 * t) ** 2 + (y - 0.4 - 0.1 * t) ** 2).sqrt()))
    bar = (x - 0.72 - 0.1 * t, 0.9 - x, y - 0.55)
    inside = torch.sigmoid(60 * bar[0]) * torch.sigmoid(60 * bar[1]) * torch.sigmoid(60 * bar[2])
    texture = 0.06 * torch.sin(2 * math.pi * (5 * x + 3 * y + t))
    ground = (0.35 + 0.4 * x + 0.1 * y, 0.3 + 0.35 * y + 0.15 * t, 0.55 - 0.3 * x * y)
    planes = []
    for plane, of_disc, of_bar in zip(ground, (0.9, 0.25, 0.15), (0.1, 0.2, 0.25), strict=True):
        with_disc = (plane + texture) * (1 - disc) + of_disc * disc
        planes.append(with_disc * (1 - inside) + of_bar * inside)
    return (torch.stack(planes).unsqueeze(0) * 2 - 1).clamp(-1, 1)


def ask_vae(vae: Any, *, frames: int, height: int, width: int, device: str) -> KnownClipAnswer:
    """Encode and decode the known clip with ``vae``, a pipeline's own, on its device and dtype."""
    import torch

    if vae is None or not hasattr(vae, "encode") or getattr(vae, "encoder", True) is None:
        return KnownClipAnswer(reason="the pipeline's VAE cannot encode")
    clip = known_clip(frames, height, width)
    flat = not takes_video(vae)
    given = clip[0].transpose(0, 1) if flat else clip
    with torch.inference_mode():
        latents = encode(vae, given.to(device=device, dtype=vae.dtype))
        started = time.perf_counter()
        raw = decode(vae, latents)
        patient = time.perf_counter() - started < PATIENCE
        again = decode(vae, latents) if patient else None
        tiled = _tiled(vae, latents)
    back = _as_video(raw, flat=flat)
    if back.shape != clip.shape:
        got = "x".join(str(n) for n in back.shape[2:])
        return KnownClipAnswer(reason=f"the VAE gave back {got} (frames, height, width) of {frames}"
                               f"x{height}x{width}")  # fmt: skip
    scaled = normalised(vae, latents)
    sick = int((~torch.isfinite(back)).sum() + (~torch.isfinite(scaled)).sum())
    if sick:
        return KnownClipAnswer(size=f"{width}x{height}x{frames}", non_finite=sick)
    means, stds = channel_statistics(scaled)
    return KnownClipAnswer(
        size=f"{width}x{height}x{frames}",
        psnr=_psnr(back, clip),
        frame_psnr=tuple(_psnr(back[:, :, k], clip[:, :, k]) for k in range(frames)),
        correlation=correlation(back, clip),
        variants=tuple(_variants(back, clip)),
        latent_rms=float(scaled.square().mean().sqrt()),
        means=means,
        stds=stds,
        repeat=None if again is None else float((on_cpu(again) - on_cpu(raw)).abs().max()),
        tiled_psnr=None if tiled is None else _psnr(on_cpu(tiled), on_cpu(raw)),
    )


def takes_video(vae: Any) -> bool:
    """Whether the VAE encodes [B, 3, T, H, W]; a picture VAE takes the frames as a batch."""
    return type(vae).__name__ not in ("AutoencoderKL", "AutoencoderTiny", "AsymmetricAutoencoderKL")


def _as_video(raw: Any, *, flat: bool) -> Any:
    values = on_cpu(raw)
    return values.transpose(0, 1).unsqueeze(0) if flat else values


def _tiled(vae: Any, latents: Any) -> Any:
    """The clip decoded whole where the pipeline decodes in tiles; None where it does not."""
    if not getattr(vae, "use_tiling", False) or not hasattr(vae, "disable_tiling"):
        return None
    vae.disable_tiling()
    try:
        return decode(vae, latents)
    finally:
        vae.enable_tiling()


def _psnr(first: Any, second: Any) -> float:
    """dB for values in [-1, 1]; 100 for equal ones, so that it stays a JSON number."""
    error = float((first.clamp(-1, 1) - second).square().mean()) / 4
    return 100.0 if error < 1e-10 else -10 * math.log10(error) if math.isfinite(error) else 0.0


def _variants(back: Any, clip: Any) -> Any:
    """Correlation of what came back with changed versions of what went in, by the change's name."""
    changed = {
        "mirrored": clip.flip(-1),
        "upside down": clip.flip(-2),
        "with red and blue exchanged": clip.flip(1),
        "as a negative": -clip,
    }
    if clip.shape[-1] == clip.shape[-2]:
        changed["turned (height and width exchanged)"] = clip.transpose(-1, -2)
    if clip.shape[2] > 1:
        changed["backwards in time"] = clip.flip(2)
    for name, other in changed.items():
        if (value := correlation(back, other)) is not None:
            yield name, value
