"""The render plan: everything a long render was asked to be, as one frozen value."""

from dataclasses import dataclass

from compat.core.job import Waiver

EMBEDDED = "embedded"
"""The model path that means "the tiny LTX model that framegate ships"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlan:
    """Which model, where and how it is computed.

    ``path`` is a diffusers folder or "embedded". ``device`` is "auto", "cpu", "cuda", "cuda:N" or
    "mps"; ``dtype`` is "auto", "float32", "bfloat16" or "float16"; ``offload`` is "none", "model"
    or "sequential" (as in diffusers).
    """

    path: str = EMBEDDED
    device: str = "auto"
    dtype: str = "auto"
    offload: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoPlan:
    """Size in pixels, frame rate in frames per second and length in seconds of the final video."""

    width: int = 64
    height: int = 64
    fps: float = 25.0
    seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPlan:
    """One window's pixel frames (8n+1), its overlap in pixel frames, and drift control.

    ``adain`` in [0, 1] pulls each new window's latent statistics towards the first window's.
    """

    frames: int = 33
    overlap: int = 9
    adain: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingPlan:
    """Denoising steps, guidance scale and seed; ``sigmas`` replaces the schedule where given."""

    steps: int = 20
    guidance: float = 3.0
    seed: int = 0
    negative_prompt: str = ""
    sigmas: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptAt:
    """A prompt and the second from which it holds."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePlan:
    """The size at which this model is in distribution, for the picture step of the preflight.

    Zero means "from the model's signature"; where neither says, the pixel verdict is undecided.
    """

    width: int = 0
    height: int = 0
    frames: int = 0
    steps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputPlan:
    """Where the MP4 goes; relative paths are relative to the plan file."""

    path: str = "render.mp4"
    crf: int = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderPlan:
    """One long windowed render; every field is legal, see compat.plan.validate."""

    model: ModelPlan = ModelPlan()
    video: VideoPlan = VideoPlan()
    window: WindowPlan = WindowPlan()
    sampling: SamplingPlan = SamplingPlan()
    prompts: tuple[PromptAt, ...] = ()
    picture: PicturePlan = PicturePlan()
    output: OutputPlan = OutputPlan()
    waivers: tuple[Waiver, ...] = ()
