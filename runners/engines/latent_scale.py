"""The scale a VAE's config names, and the final latents measured in it."""

from typing import Any

from runners.engines.evidence import LatentStatistics
from runners.engines.statistics import on_cpu


def normalised(vae: Any, latents: Any) -> Any:
    """Latents of ``vae.decode``'s scale in that of the denoiser: mean 0 and std 1 over many clips.

    [B, C, T, H, W] or [T, C, H, W]. The pipelines undo exactly this before they decode: z * std /
    scaling_factor + mean for LTX, LTX-2, Wan and Mochi, z / scaling_factor (+ shift_factor) for
    the others (diffusers 0.42.1).
    """
    values = on_cpu(latents)
    mean, std, shift, factor = _scale(vae, values)
    return ((values - mean) / std - shift) * factor


def scaling_size(vae: Any, latents: Any) -> Any:
    """The magnitudes that scaling ``latents`` and back rounds: product, offset and their sum.

    In the VAE's scale, one number per latent: a rounding unit of any step of it is at most this
    times the dtype's.
    """
    values = on_cpu(latents)
    mean, std, shift, _ = _scale(vae, values)
    offset = mean + std * shift
    return (values - offset).abs() + abs(offset) + values.abs()


def _scale(vae: Any, values: Any) -> tuple[Any, Any, float, float]:
    """Mean and std per channel, shift and factor of :func:`normalised`; 0 and 1 where not given."""
    shape = (1, -1, *([1] * (values.ndim - 2)))
    mean, std = _per_channel(vae, "latents_mean"), _per_channel(vae, "latents_std")
    return (
        mean.view(shape) if mean is not None and mean.numel() == values.shape[1] else 0.0,
        std.view(shape) if std is not None and std.numel() == values.shape[1] else 1.0,
        float(vae.config.get("shift_factor", None) or 0.0),
        float(vae.config.get("scaling_factor", None) or 1.0),
    )


def _per_channel(vae: Any, name: str) -> Any:
    import torch

    kept = dict(vae.named_buffers(recurse=False)) if hasattr(vae, "named_buffers") else {}
    value = kept.get(name)  # LTX keeps them among its weights
    if value is None:
        value = vae.config.get(name, None)
    return None if value is None else on_cpu(torch.as_tensor(value)).flatten()


def channel_statistics(values: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of every channel of [B, C, ...] or [T, C, H, W]."""
    flat = values.transpose(0, 1).flatten(1)
    return (
        tuple(float(v) for v in flat.mean(dim=1)),
        tuple(float(v) for v in flat.std(dim=1, correction=0)),
    )


def latent_statistics(vae: Any, latents: Any) -> LatentStatistics:
    """What the final latents are like; shares are None where they cannot be told."""
    values = normalised(vae, latents)
    means, stds = channel_statistics(values)
    frames = values[0].transpose(0, 1) if values.ndim == 5 else values  # [T, C, H, W]
    return LatentStatistics(
        shape=tuple(int(n) for n in latents.shape),
        means=means,
        stds=stds,
        space_share=_space_share(frames),
        frame_change=_frame_change(frames),
        rank_share=_rank_share(frames),
    )


def _space_share(frames: Any) -> float | None:
    channels = frames.transpose(0, 1)  # [C, T, H, W]
    if channels.shape[2] * channels.shape[3] < 2:
        return None
    total = float(channels.flatten(1).var(dim=1, correction=0).sum())
    within = float(channels.flatten(2).var(dim=2, correction=0).mean(dim=1).sum())
    return within / total if total > 0 else 0.0


def _frame_change(frames: Any) -> float | None:
    if frames.shape[0] < 2:
        return None
    apart = (frames[1:] - frames[:-1]).flatten(1).norm(dim=1)
    scale = frames[:-1].flatten(1).norm(dim=1).clamp(min=1e-12)
    return float((apart / scale).max())


def _rank_share(frames: Any) -> float | None:
    import torch

    matrix = frames.transpose(0, 1).flatten(1)
    matrix = matrix - matrix.mean(dim=1, keepdim=True)
    if min(matrix.shape) < 3 or not bool(torch.isfinite(matrix).all()):
        return None
    # Singular values of the channels from their small Gram matrix, whatever the clip's size.
    energies = torch.linalg.eigvalsh(matrix.double() @ matrix.double().T).clamp(min=0)
    total = float(energies.sum())
    return float(energies[-1]) / total if total > 0 else 1.0
