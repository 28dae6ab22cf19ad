"""What a worker saw inside a render: numbers of its steps, latents and texts, plain data only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTrace:
    """One step; shares, spreads and correlations are plain numbers, None where they are unknown.

    ``signal`` and ``noise`` are the schedule's shares before the step, ``next_*`` after it.
    ``std`` and ``non_finite`` are the latents' after the step, ``output_*`` the model's (guided)
    output's. ``clean`` is the picture that the output says is in the latents: its spread, how far
    it moved from the step before (relative to itself), and its correlation with the noise of the
    start. ``start_match`` correlates the latents after the step with those at the start.
    ``output_match`` correlates a noise-like output (flow, epsilon) with the latents it was given.
    ``step_error`` is the distance of the step's result from the first-order formula, relative to
    the latter. ``start_std`` (relative to what the scheduler asks for) and ``start_echo`` are of
    the first step's noise: the largest correlation of it with itself, shifted, times the root of
    its size. ``slack`` is what a solver of a higher order may differ by, ``epsilon`` the rounding
    unit of the latents' dtype.
    """

    timestep: float
    std: float
    non_finite: int
    output_std: float
    output_non_finite: int
    epsilon: float
    signal: float | None = None
    noise: float | None = None
    next_signal: float | None = None
    next_noise: float | None = None
    clean_std: float | None = None
    clean_move: float | None = None
    clean_match: float | None = None
    start_match: float | None = None
    output_match: float | None = None
    step_error: float | None = None
    start_std: float | None = None
    start_echo: float | None = None
    slack: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentStatistics:
    """The final latents as the VAE was handed them, brought to the scale its config names.

    ``means`` and ``stds`` have one value per channel. ``space_share`` is the share of the variance
    within each channel that lies across space, ``frame_change`` the largest relative difference of
    a latent frame from the one before it (None for a single one), ``rank_share`` the share of the
    energy that one pattern repeated in every channel explains.
    """

    shape: tuple[int, ...]
    means: tuple[float, ...]
    stds: tuple[float, ...]
    space_share: float | None
    frame_change: float | None
    rank_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStatistics:
    """What one text encoder, or the denoiser, was handed or gave for the prompt.

    ``token_spread`` is the spread across the tokens that count, relative to the spread of all
    values: 0 where every token is the same.
    """

    part: str
    shape: tuple[int, ...]
    tokens: int
    std: float
    non_finite: int
    token_spread: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDistance:
    """How far one part's result on its device lies from the CPU's in float32, same inputs.

    ``distance`` is relative to the float32 result, ``rounding`` the same for the CPU in the part's
    own dtype (None for float32 or where it cannot be computed). ``epsilon`` is the rounding unit
    of that dtype and ``roundings`` how many layers were computed. ``needed_bytes`` is what the
    copies take; ``reason`` is set where the part could not be computed on the CPU.
    """

    part: str
    dtype: str
    epsilon: float
    roundings: int
    needed_bytes: int
    distance: float | None = None
    rounding: float | None = None
    non_finite: int = 0
    reference_non_finite: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskAnswer:
    """What changing masked tokens did to one part: relative change of what must not change.

    ``reason`` is set where the part was called without a mask, or with one that hides nothing;
    ``padding`` then counts the tokens that it should have hidden.
    """

    part: str
    masked: int
    change: float | None = None
    epsilon: float = 0.0
    padding: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownClipAnswer:
    """How a VAE gives back a clip that is known: encoded, then decoded.

    ``psnr`` in dB over all frames and ``frame_psnr`` per frame; ``correlation`` with the clip, and
    ``variants`` the same with the clip mirrored, turned, reversed and so on, by name.
    ``latent_rms``, ``means`` and ``stds`` are of the encoded clip in the scale the config names,
    over everything and per channel. ``repeat`` is the largest difference between decoding twice
    (None for a slow VAE), ``tiled_psnr`` the PSNR between decoding in tiles and whole where tiling
    is on. ``reason`` is set where the VAE cannot be asked.
    """

    size: str = ""
    psnr: float | None = None
    frame_psnr: tuple[float, ...] = ()
    correlation: float | None = None
    variants: tuple[tuple[str, float], ...] = ()
    latent_rms: float | None = None
    means: tuple[float, ...] = ()
    stds: tuple[float, ...] = ()
    non_finite: int = 0
    repeat: float | None = None
    tiled_psnr: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodePathAnswer:
    """How far the frames a pipeline decodes from known latents lie from the VAE's own.

    ``psnr`` in dB, 100 for equal ones; ``contrast`` is the standard deviation of the VAE's frames
    in [0, 1] and ``epsilon`` the rounding unit of its dtype. ``handed`` is how far the latents that
    the VAE was handed lie from the known ones at the most, in rounding units of what scaling them
    rounds, and ``handed_psnr`` how far the pipeline's frames lie from the VAE's own of those very
    latents; None where neither could be told.
    """

    psnr: float | None = None
    contrast: float = 0.0
    epsilon: float = 0.0
    handed: float | None = None
    handed_psnr: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPictureAnswer:
    """How well the denoiser finds the clip again that its own pipeline has drawn.

    One entry per level of noise: ``shares`` of noise in noise + picture, and the ``ratios`` of its
    squared error to that of the best straight-line guess; below 1 is better than that guess.
    """

    shares: tuple[float, ...] = ()
    ratios: tuple[float, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What changed where one part of a pipeline hands over to the next; None where unknown.

    ``latents`` is the relative distance between the last step's latents and what the VAE was
    handed, both in the denoiser's scale; ``epsilon`` the rounding unit of the latter's dtype.
    ``frames`` is the largest difference, in levels of 255, between what the VAE gave and what was
    saved; infinity where the number of frames is not the same.
    """

    latents: float | None
    frames: float | None
    epsilon: float
