"""Faults that ``framegate demo --break`` injects while a worker runs, to show that they are caught.

Only the demo asks for them by name; a plan cannot.
"""

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

from runners.engines.override import override
from runners.engines.saving import ToFrames, to_frames

SEGFAULT = "worker-segfault"
NAIVE_SAVE = "bf16-save-path"
STUCK = "stuck-scheduler"
REVERSED = "reversed-sigmas"
SWAPPED = "latents-axis-swap"
DEAF = "constant-text"
ROUGH = "wrong-kernel"


def save_function(fault: str) -> ToFrames:
    """The save path to use: the real one, or the one that many scripts have."""
    return _naive_frames if fault == NAIVE_SAVE else to_frames


def step_fault(fault: str) -> Callable[[int], None]:
    """What happens after a denoising step: nothing, or a crash as a broken driver gives."""
    return _crash if fault == SEGFAULT else _nothing


def break_pipeline(pipeline: Any, fault: str) -> None:
    """Break a loaded pipeline in the way ``fault`` names; most names break nothing here."""
    PIPELINE_FAULTS.get(fault, _whole)(pipeline)


def _naive_frames(video: Any) -> Any:
    # What generate scripts do at their very end: no cast, and numpy has no bfloat16.
    return (video.clamp(0, 1) * 255).round().permute(0, 2, 3, 1).cpu().numpy().astype("uint8")


def _nothing(_step: int) -> None:
    return None


def _crash(_step: int) -> None:
    ctypes.string_at(0)


def _whole(_pipeline: Any) -> None:
    return None


def _stuck(pipeline: Any) -> None:
    """Every step of the scheduler gives back what it was given."""

    def around(original: Callable[..., Any], output: Any, t: Any, sample: Any, **words: Any) -> Any:
        given = sample.clone()
        original(output, t, sample, **words)
        return (given,)

    override(pipeline.scheduler, "step", around)


def _reversed(pipeline: Any) -> None:
    """The schedule runs from the picture to the noise."""

    def around(original: Callable[..., Any], *args: Any, **words: Any) -> None:
        original(*args, **words)
        scheduler = pipeline.scheduler
        scheduler.sigmas = scheduler.sigmas.flip(0)
        scheduler.timesteps = scheduler.sigmas[:-1] * scheduler.config.num_train_timesteps

    override(pipeline.scheduler, "set_timesteps", around)


def _swapped(pipeline: Any) -> None:
    """Height and width are exchanged when the tokens become latents again."""
    unpack = pipeline._unpack_latents

    def exchanged(*args: Any, **words: Any) -> Any:
        return unpack(*args, **words).transpose(-1, -2).contiguous()

    pipeline._unpack_latents = exchanged


def _deaf(pipeline: Any) -> None:
    """The text encoder gives every token the same, whatever the prompt, and it is not zero."""

    def same(_module: Any, _args: Any, output: Any) -> Any:
        output.last_hidden_state = output.last_hidden_state[:, -1:].expand_as(
            output.last_hidden_state
        )
        return output

    pipeline.text_encoder.register_forward_hook(same)


def _rough(pipeline: Any) -> None:
    """One layer multiplies as if its weights had 2 bits of mantissa, as a broken kernel does."""

    def coarse(_module: Any, _args: Any, output: Any) -> Any:
        unit = output.abs().amax(dim=-1, keepdim=True) / 4
        return (output / unit.clamp(min=1e-12)).round() * unit

    pipeline.transformer.transformer_blocks[0].attn1.to_v.register_forward_hook(coarse)


PIPELINE_FAULTS: Mapping[str, Callable[[Any], None]] = {
    STUCK: _stuck,
    REVERSED: _reversed,
    SWAPPED: _swapped,
    DEAF: _deaf,
    ROUGH: _rough,
}
