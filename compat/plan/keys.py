"""What every key of a plan means and what is legal: the manual page behind the template."""

from collections.abc import Mapping
from dataclasses import dataclass

from compat.plan.limits import LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: what it means with its unit, and which values are legal."""

    meaning: str
    legal: str = ""


TABLES: Mapping[str, str] = {
    "model": "Which model, where and how it is computed.",
    "video": "The finished video.",
    "window": "The windows of the loop. Each repeats the overlap and goes on from there.",
    "sampling": "How each window is denoised.",
    "prompts": "What is to be seen, and from when. A prompt snaps to the nearest window.",
    "picture": "The preflight's picture: a size at which this model is known to work. 0 means the "
    "model's own.",
    "output": "Where the video goes.",
    "waivers": "A rule or check you decide to go on in spite of. Reports print it for ever.",
}

_MULTIPLE = "multiple of 32 from 64 up"
_8N1 = "8n+1"

KEYS: Mapping[str, Key] = {
    "model.path": Key(
        meaning="Model folder in diffusers layout (with model_index.json), relative to this file, "
        'or "embedded" for the tiny LTX model inside framegate.'
    ),
    "model.device": Key(
        meaning="Where to compute. ROCm devices are cuda, as in torch.",
        legal='"auto", "cpu", "cuda", "cuda:N" or "mps"',
    ),
    "model.dtype": Key(
        meaning="Number format of weights and arithmetic.",
        legal='"auto", "float32", "bfloat16" or "float16"',
    ),
    "model.offload": Key(
        meaning="Keep parts of the model in main memory, as diffusers does; slower, needs less of "
        "the device.",
        legal='"none", "model" or "sequential"',
    ),
    "video.width": Key(meaning="Width in pixels.", legal=_MULTIPLE),
    "video.height": Key(meaning="Height in pixels.", legal=_MULTIPLE),
    "video.fps": Key(meaning="Frame rate."),
    "video.seconds": Key(meaning="Length; the last window is trimmed to it."),
    "window.frames": Key(
        meaning="Pixel frames of one window, overlap included.",
        legal=f"{_8N1}, at most 20 s (497 at 25 fps, 473 at 24)",
    ),
    "window.overlap": Key(
        meaning="Pixel frames each window repeats of the one before it. Prompts can change every "
        "window.frames - window.overlap frames.",
        legal=f"{_8N1}, less than window.frames",
    ),
    "window.adain": Key(
        meaning="Against drift: how far each window's latent statistics are pulled to the first "
        "window's. 0 is off."
    ),
    "sampling.steps": Key(meaning="Denoising steps of each window."),
    "sampling.guidance": Key(meaning="Guidance scale; up to 1 is off. Distilled models want 1."),
    "sampling.seed": Key(
        meaning="Start of the random numbers; the same seed gives the same video."
    ),
    "sampling.negative_prompt": Key(meaning="What not to show; needs guidance above 1."),
    "sampling.sigmas": Key(
        meaning="Noise levels of the steps, instead of a schedule of `steps` steps. [] is off.",
        legal="falling from 1.0, each above 0; a last 0.0 is allowed",
    ),
    "prompts[].at": Key(
        meaning="Second from which the prompt holds.",
        legal="the first 0, then rising, less than video.seconds",
    ),
    "prompts[].text": Key(
        meaning="Describe the picture and its motion. Keep the words for the subject the same in "
        "every prompt, or its looks will change.",
        legal="not empty; LTX reads about 90 words",
    ),
    "picture.width": Key(meaning="Width in pixels.", legal=f"0, or a {_MULTIPLE}"),
    "picture.height": Key(meaning="Height in pixels.", legal=f"0, or a {_MULTIPLE}"),
    "picture.frames": Key(meaning="Frames.", legal=f"0, or {_8N1}"),
    "picture.steps": Key(meaning="Denoising steps; 0 is the model's own number."),
    "output.path": Key(
        meaning="The MP4, relative to this file; the run keeps its latents in a folder beside it.",
        legal="ends in .mp4",
    ),
    "output.crf": Key(meaning="Quality of the H.264 encoder: 0 is lossless, 18 looks lossless."),
    "waivers[].rule": Key(meaning="Id of the rule or check, as the preflight prints it."),
    "waivers[].reason": Key(meaning="Why it may be waived for this render.", legal="not empty"),
}


def legal_text(key: str) -> str:
    """The legal values of ``key`` in words; empty where every text is legal."""
    limit = LIMITS.get(key)
    parts = (KEYS[key].legal, str(limit) if limit and not KEYS[key].legal else "")
    return next((part for part in parts if part), "")
