"""What is needed to drive a family in ComfyUI: its conditions, its latents, its sense of time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from probes.renders.comfyui.sizes import Sizes
from probes.renders.tiny.model import Parts

Inputs = Mapping[str, Any]
Call = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfyFamily:
    """How a family that ComfyUI knows is rendered there.

    ``conditions`` makes the dictionary beside the text embeddings, as its text nodes do, and
    ``unpacked`` and ``packed`` turn the pipeline's latents into [batch, channels, frames, rows,
    columns] and back. ``metadata`` goes into the header of the file, where published files have a
    config that ComfyUI reads, and ``sizes`` are what it takes for granted all the same. ``rising`` marks a pipeline whose times go from noise at 0 to the picture.
    ``bundled`` is for checkpoints that hold the autoencoder too, ``decodes`` for autoencoders that
    ComfyUI can build in the tiny size.
    """

    conditions: Callable[[Inputs], dict[str, Any]]
    unpacked: Callable[[Any, Inputs], Any] = lambda latents, _inputs: latents
    packed: Callable[[Any, Inputs], Any] = lambda latents, _inputs: latents
    metadata: Callable[[Parts], dict[str, str]] = lambda _parts: {}
    sizes: Callable[[Parts], Sizes] = lambda _parts: Sizes()
    rising: bool = False
    bundled: bool = False
    decodes: bool = False
