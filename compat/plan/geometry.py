"""The LTX arithmetic: frames and latents, sizes, tokens, windows and strides.

LTX-Video compresses 8 frames and 32 x 32 pixels into one latent (vae config of every release), and
its causal VAE gives the first frame a latent of its own, so that a clip has 8n+1 frames. Engines
floor, pad or refuse other counts, each in its own way; framegate asks for the legal ones.
"""

from dataclasses import dataclass

FRAME_STEP = 8
SPACE_MULTIPLE = 32

MIN_SIDE = 64
"""The LTX-2 decoder pads by reflection and needs 2 latents a side; 32 px fails in diffusers."""

ROPE_SECONDS = 20.0
ROPE_PIXELS = 2048
"""positional_embedding_max_pos of the LTX transformers is [20 s, 2048 px, 2048 px]."""

LATENT_CHANNELS = 128
"""Channels of a latent in every published LTX VAE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRule:
    """Which sizes and frame counts a model takes; the defaults are LTX.

    Sides are multiples of ``space_multiple`` from ``min_side`` up, frame counts are
    ``frame_step * k + frame_offset``, at most ``max_frames`` where that is given. Wan 2.x A14B is
    ``PictureRule(space_multiple=16, frame_step=4)``, AnimateDiff v2
    ``PictureRule(space_multiple=8, frame_step=1, frame_offset=0, max_frames=32)``.
    """

    space_multiple: int = SPACE_MULTIPLE
    frame_step: int = FRAME_STEP
    frame_offset: int = 1
    min_side: int = MIN_SIDE
    max_frames: int | None = None


LTX = PictureRule()


def latent_frames(frames: int, *, step: int = FRAME_STEP) -> int:
    """Latent frames of ``frames`` pixel frames, floored as diffusers does; 0 for none."""
    return (frames - 1) // step + 1 if frames > 0 else 0


def decoded_frames(latents: int, *, step: int = FRAME_STEP) -> int:
    """Pixel frames that ``latents`` consecutive latent frames decode to; 0 for none."""
    return step * (latents - 1) + 1 if latents > 0 else 0


def is_legal_frames(frames: int, rule: PictureRule = LTX) -> bool:
    """Whether a model with ``rule`` renders exactly this many frames."""
    return nearest_frames(frames, rule) == (frames,)


def nearest_frames(frames: int, rule: PictureRule = LTX) -> tuple[int, ...]:
    """The legal frame counts nearest to ``frames``: itself, or the one below and the one above.

    Below the first and above the last legal count there is only one neighbour.
    """
    first = rule.frame_offset if rule.frame_offset > 0 else rule.frame_step
    last = _floor_frames(rule.max_frames, rule) if rule.max_frames else None
    below = _floor_frames(frames, rule)
    if below < first:
        return (first,)
    if last is not None and below >= last:
        return (last,)
    return (below,) if below == frames else (below, below + rule.frame_step)


def _floor_frames(frames: int, rule: PictureRule) -> int:
    return frames - (frames - rule.frame_offset) % rule.frame_step


def is_legal_side(pixels: int, rule: PictureRule = LTX) -> bool:
    """Whether a model with ``rule`` takes a width or height of ``pixels``."""
    return nearest_sides(pixels, rule) == (pixels,)


def nearest_sides(pixels: int, rule: PictureRule = LTX) -> tuple[int, ...]:
    """The legal widths or heights nearest to ``pixels``: itself, or one below and one above."""
    first = -(-rule.min_side // rule.space_multiple) * rule.space_multiple
    below = pixels // rule.space_multiple * rule.space_multiple
    if below < first:
        return (first,)
    return (below,) if below == pixels else (below, below + rule.space_multiple)


def tokens_per_latent(width: int, height: int) -> int:
    """Transformer tokens of one latent frame of a ``width`` x ``height`` pixel picture."""
    return (width // SPACE_MULTIPLE) * (height // SPACE_MULTIPLE)


def window_tokens(frames: int, width: int, height: int) -> int:
    """Transformer tokens of one window; 832 x 480 x 497 is 24 570."""
    return latent_frames(frames) * tokens_per_latent(width, height)


def longest_window(fps: float, *, seconds: float = ROPE_SECONDS) -> int:
    """Frames of the longest legal window within ``seconds``: 497 at 25 fps, 473 at 24 fps."""
    # A hair more than asked: 20 s at 29.97 fps must not lose a frame to a rounding error.
    return max(1, _floor_frames(int(seconds * fps + 1e-9), LTX))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stride:
    """How far one window moves on from the one before it, in latents and in pixel frames.

    ``overlap_frames`` is the overlap that results; naive arithmetic in seconds (window minus
    overlap) drifts away from it by up to 0.16 s a window.
    """

    window_latents: int
    overlap_latents: int
    new_latents: int
    stride_frames: int
    overlap_frames: int


def stride_of(window_frames: int, overlap_frames: int) -> Stride:
    """The stride of windows of ``window_frames`` that share ``overlap_frames``, by whole latents.

    At least one latent of every window is new. 497 frames with 25, 49, 73 or 97 frames of overlap
    move on by 472, 448, 424 or 400 frames: 18.88, 17.92, 16.96 or 16.00 s at 25 fps.
    """
    window = latent_frames(window_frames)
    overlap = min(latent_frames(overlap_frames), window - 1)
    stride = FRAME_STEP * (window - overlap)
    return Stride(
        window_latents=window,
        overlap_latents=overlap,
        new_latents=window - overlap,
        stride_frames=stride,
        overlap_frames=decoded_frames(window) - stride if overlap else 0,
    )


def target_frames(seconds: float, fps: float) -> int:
    """Frames of a video of ``seconds``: rounded to the nearest, at least one."""
    return max(1, round(seconds * fps))


def window_count(frames: int, stride: Stride) -> int:
    """How many windows it takes to cover ``frames`` pixel frames; the last may overshoot."""
    missing = frames - decoded_frames(stride.window_latents)
    return 1 + max(0, -(-missing // stride.stride_frames))
