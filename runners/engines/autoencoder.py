"""Asks a VAE whether it agrees with the latents it is given."""

import inspect
from types import TracebackType
from typing import Any, Self

from runners.engines.messages import RoundTrip
from runners.engines.statistics import correlation, on_cpu


class DecodeTap:
    """While open, remembers what the pipeline hands to ``vae.decode`` and what comes back."""

    def __init__(self, pipeline: Any) -> None:
        """Watch the pipeline's ``vae``, where it has one."""
        self.vae = getattr(pipeline, "vae", None)
        self.latents: Any = None
        self.video: Any = None
        self.handed: list[Any] = []
        self.videos: list[Any] = []

    def __enter__(self) -> Self:
        """Wrap ``decode`` on the instance; the class stays as it is."""
        if self.vae is not None:
            original = self.vae.decode

            def watched(latents: Any, *args: Any, **kwargs: Any) -> Any:
                output = original(latents, *args, **kwargs)
                self.latents = latents
                self.video = output[0] if isinstance(output, tuple) else output.sample
                self.handed.append(latents)
                self.videos.append(self.video)
                return output

            self.vae.decode = watched
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the VAE its own ``decode`` back."""
        if self.vae is not None:
            del self.vae.decode

    def all_latents(self) -> Any:
        """Everything that was decoded: a picture VAE gets a long clip in several batches."""
        return _joined(self.handed)

    def whole_video(self) -> Any:
        """[T, 3, H, W] in [0, 1] of everything that the VAE gave, as it should be saved."""
        return frames_of(self.videos)

    def round_trip(self) -> RoundTrip:
        """Encode the decoded picture again and compare, in the VAE's own latent space."""
        if self.video is None or not hasattr(self.vae, "encode"):
            return RoundTrip(
                correlation=None, scale_ratio=None, reason="the pipeline's VAE cannot encode"
            )
        back = encode(self.vae, self.video.clamp(-1, 1))
        neutral = encode(self.vae, neutral_clip_like(self.video))
        return RoundTrip(
            correlation=correlation(self.latents, back),
            scale_ratio=scale_ratio(self.latents, neutral),
        )


def frames_of(videos: list[Any]) -> Any:
    """[T, 3, H, W] in [0, 1] of what ``vae.decode`` gave, in one piece or in batches of pictures.

    None where nothing was decoded or the pieces cannot be joined.
    """
    video = _joined(videos)
    if video is None:
        return None
    frames = on_cpu(video[0].transpose(0, 1) if video.ndim == 5 else video)
    return (frames / 2 + 0.5).clamp(0, 1)


def _joined(pieces: list[Any]) -> Any:
    import torch

    pictures = all(piece.ndim == 4 for piece in pieces)
    if not pieces or (len(pieces) > 1 and not pictures):
        return None
    return pieces[0] if len(pieces) == 1 else torch.cat(pieces)


def encode(vae: Any, video: Any) -> Any:
    """The most likely latents of ``video``, in the VAE's own scale."""
    if "causal" in inspect.signature(vae.encode).parameters:
        return vae.encode(video, causal=True).latent_dist.mode()
    return vae.encode(video).latent_dist.mode()


DECODE_TIMESTEP = 0.05
"""What Lightricks publishes for timestep-conditioned decoders (LTX-Video 0.9.1 and later)."""


def decode(vae: Any, latents: Any) -> Any:
    """The picture of ``latents`` in the VAE's own scale, without the noise some decoders take."""
    import torch

    if vae.config.get("timestep_conditioning", False):
        timestep = torch.tensor([DECODE_TIMESTEP], device=latents.device, dtype=latents.dtype)
        return vae.decode(latents, timestep, return_dict=False)[0]
    return vae.decode(latents, return_dict=False)[0]


def neutral_clip_like(video: Any) -> Any:
    """A plain moving picture of the same shape, in [-1, 1]: a bright disc over a colour gradient.

    It holds flat areas, a soft gradient and one edge, which every VAE was trained to encode.
    """
    import torch

    *_, height, width = video.shape
    frames = video.shape[2] if video.ndim == 5 else video.shape[0]
    rows = torch.linspace(-1, 1, height).view(1, height, 1)
    columns = torch.linspace(-1, 1, width).view(1, 1, width)
    centre = torch.linspace(-0.4, 0.4, frames).view(frames, 1, 1)
    disc = torch.sigmoid(12 * (0.45 - ((columns - centre) ** 2 + rows**2).sqrt()))
    colours = torch.tensor([[0.8, 0.1, -0.6], [-0.5, -0.2, 0.6]])
    ground = 0.25 * rows.expand(frames, height, width)
    planes = [disc * colours[0, c] + (1 - disc) * (colours[1, c] + ground) for c in range(3)]
    clip = torch.stack(planes, dim=1 if video.ndim == 4 else 0)
    if video.ndim == 5:
        clip = clip.unsqueeze(0)
    return clip.to(device=video.device, dtype=video.dtype)


def scale_ratio(given: Any, neutral: Any) -> float | None:
    """Median over channels of std(given) / std(neutral); None where it cannot be told."""
    import torch

    a, b = on_cpu(given), on_cpu(neutral)
    if a.ndim != b.ndim or a.shape[1] != b.shape[1]:
        return None
    spread_a = a.transpose(0, 1).flatten(1).std(dim=1)
    spread_b = b.transpose(0, 1).flatten(1).std(dim=1)
    usable = (spread_b > 0) & torch.isfinite(spread_a)
    if not bool(usable.any()):
        return None
    return float((spread_a[usable] / spread_b[usable]).median())
