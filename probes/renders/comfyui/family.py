"""What is needed to drive a family in ComfyUI: its conditions, its latents, its sense of time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from probes.renders.comfyui.course import Course
from probes.renders.comfyui.sizes import Sizes
from probes.renders.tiny.model import Parts

Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What sampling starts from, as ComfyUI's nodes hand it over.

    ``conditions`` stand beside the embeddings in ``text``; ``noise`` has one tensor for the picture
    [batch, channels, frames, rows, columns], and another for sound where the model makes some.
    """

    text: Any
    conditions: dict[str, Any]
    noise: tuple[Any, ...]


Begin = Callable[[Inputs, Course, str], Start]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfyFamily:
    """How a family that ComfyUI knows is rendered there.

    ``begin`` makes the start from the pipeline's inputs and its first call, for what ComfyUI calls
    the model, and ``packed`` turns the picture's latents into the pipeline's. ``metadata`` goes
    into the header of the file, where published files have a config that ComfyUI reads, and
    ``sizes`` are what it takes for granted all the same. ``rising`` marks a pipeline whose times go
    from noise at 0 to the picture. ``bundled`` is for checkpoints that hold more than the network,
    ``decodes`` for autoencoders that ComfyUI can build in the tiny size.
    """

    begin: Begin
    packed: Callable[[Any], Any] = lambda latents: latents
    metadata: Callable[[Parts], dict[str, str]] = lambda _parts: {}
    sizes: Callable[[Parts], Sizes] = lambda _parts: Sizes()
    rising: bool = False
    bundled: bool = False
    decodes: bool = False


def plainly(inputs: Inputs, _course: Course, _model: str) -> Start:
    """A start from embeddings and noise alone."""
    return Start(text=inputs["prompt_embeds"], conditions={}, noise=(inputs["latents"],))


def mask(inputs: Inputs) -> Any:
    """The prompt's mask in whole numbers, without which ComfyUI takes it for one to be added."""
    return inputs["prompt_attention_mask"].long()
