"""What parent and render worker say to each other: requests and answers, plain data only."""

from collections.abc import Mapping
from dataclasses import dataclass

from runners.engines.evidence import (
    DecodePathAnswer,
    HandOver,
    KnownClipAnswer,
    LatentStatistics,
    MaskAnswer,
    OwnPictureAnswer,
    PartDistance,
    StepTrace,
    TextStatistics,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """Load the pipeline in ``folder``.

    ``device`` and ``dtype`` are concrete ("cuda:0", "bfloat16"); ``offload`` as in the plan.
    ``fault`` is empty except in ``framegate demo --break``, where it names a run-time fault.
    """

    folder: str
    device: str
    dtype: str
    offload: str = "none"
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAnswer:
    """What was loaded: the pipeline class, its components, and the cost.

    ``non_finite`` names the weights that hold NaN or Inf, as component.parameter.
    """

    pipeline: str
    components: Mapping[str, str]
    parameter_bytes: int
    seconds: float
    memory_bytes: int
    non_finite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRequest:
    """Render one clip with the pipeline's own call.

    Sizes in pixels and frames, ``fps`` where the pipeline takes it. ``frames_path`` empty skips
    decoding; ``round_trip`` also encodes what was decoded; ``capture`` keeps the first call of
    every part in the worker, for the questions about parts. Files are written by the worker:
    latents and, with ``capture``, the text embeddings as safetensors float32, frames as ``.npy``
    uint8 [T, H, W, 3].
    """

    prompt: str
    width: int
    height: int
    frames: int
    steps: int
    guidance: float
    seed: int
    latents_path: str
    frames_path: str = ""
    negative_prompt: str = ""
    fps: float = 25.0
    sigmas: tuple[float, ...] = ()
    round_trip: bool = False
    capture: bool = False
    text_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorStatistics:
    """Numbers of one tensor, computed on a CPU copy; mean and std are over its finite values."""

    shape: tuple[int, ...]
    mean: float
    std: float
    peak: float
    non_finite: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """How well the VAE agrees with itself and with the latents it was given.

    ``correlation`` is between the latents that were decoded and the re-encoded picture;
    ``scale_ratio`` is the median over channels of std(decoded latents) / std(latents of a neutral
    test clip), which is near 1 when the pipeline scales latents as the VAE expects. None where the
    VAE has no encoder.
    """

    correlation: float | None
    scale_ratio: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipAnswer:
    """What one clip cost and what its tensors were like; seconds, bytes.

    ``trace`` has one entry per call of the scheduler, ``prediction`` what the model's output means
    (flow, epsilon, v_prediction, sample; empty where the scheduler cannot be followed).
    ``channels`` are of what the VAE was handed; ``texts`` and ``denoiser_rows`` (how many clips the
    denoiser computed per step: 2 with guidance) are known with ``capture`` only, and so are
    ``denoiser_timesteps``, the timestep it was told in each step. ``handed`` is known where
    something was decoded.
    """

    latents: TensorStatistics
    step_std: tuple[float, ...]
    step_seconds: tuple[float, ...]
    prepare_seconds: float
    decode_seconds: float
    seconds: float
    peak_memory_bytes: int
    decoded: TensorStatistics | None = None
    round_trip: RoundTrip | None = None
    trace: tuple[StepTrace, ...] = ()
    prediction: str = ""
    channels: LatentStatistics | None = None
    texts: tuple[TextStatistics, ...] = ()
    denoiser_rows: float = 0.0
    denoiser_timesteps: tuple[float, ...] = ()
    handed: HandOver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRequest:
    """Denoise one window of the LTX loop in latent space.

    ``latents`` counts the window's latent frames, of which the first ``overlap`` are the last
    latents of what ``previous`` (paths, oldest first) hold. ``adain`` pulls the new latents'
    statistics to those of the file ``anchor``.
    """

    prompt: str
    width: int
    height: int
    latents: int
    overlap: int
    steps: int
    guidance: float
    seed: int
    fps: float
    output_path: str
    previous: tuple[str, ...] = ()
    negative_prompt: str = ""
    sigmas: tuple[float, ...] = ()
    adain: float = 0.0
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswer:
    """The new latents of one window, written to the output path as float32."""

    new: TensorStatistics
    seconds: float
    peak_memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeRequest:
    """Decode the latents of ``paths`` (oldest first), of which the first ``context`` are context.

    The frames of the context are dropped; where the clip begins inside (``context`` 0) the first
    latent gives one frame, every other gives eight.
    """

    paths: tuple[str, ...]
    context: int
    last: int
    frames_path: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeAnswer:
    """What decoding gave: frames as ``.npy`` at the asked path."""

    decoded: TensorStatistics
    frames: int
    seconds: float
    peak_memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePathRequest:
    """Push two frames of the model's dtype through the very function that saves frames."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePathAnswer:
    """What the save path gave: shape, and the largest difference to what went in (0..255)."""

    shape: tuple[int, ...]
    largest_difference: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsRequest:
    """Ask about the calls that the last clip with ``capture`` kept.

    ``memory_bytes`` bounds what the CPU's copies may take; None for all that is free.
    """

    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsAnswer:
    """One entry per part that was captured; empty where no clip was rendered with ``capture``."""

    parts: tuple[PartDistance, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MasksAnswer:
    """One entry per text encoder and denoiser that was captured."""

    parts: tuple[MaskAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeRequest:
    """Send the known clip of this many frames and pixels through the VAE."""

    width: int
    height: int
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeAnswer:
    """What the VAE gave back, and what asking it cost."""

    clip: KnownClipAnswer
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PathAnswer:
    """What the pipeline made of latents that are known, and what asking it cost."""

    path: DecodePathAnswer
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPictureRequest:
    """Noise the clip that ``clip`` gave, whose frames stand at its path, and ask for it back."""

    clip: ClipRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPictureReply:
    """How well the denoiser found its own clip again, and what asking cost."""

    own: OwnPictureAnswer
    seconds: float
