"""What a layout is: how the parts of a pipeline are named in the files people download."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from probes.renders.original_layout.packing import State

Rewrite = Callable[[Mapping[str, Any]], State]
"""Turns the state of a diffusers module into the published one; the values are only moved."""


BY_NAMES = "pig"
"""What calcuis's GGUF files state for every family; readers then go by the tensors' names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The published layout of a family.

    ``networks`` and ``autoencoder`` rewrite the named part of the pipeline; ``prefixes`` stand
    before the names of a part where several are published in one file. ``architecture`` is what
    published GGUF files state as ``general.architecture``, and ``kept`` are pieces of names whose
    tensors those files leave unquantised.
    """

    networks: Mapping[str, Rewrite]
    autoencoder: Rewrite | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)
    architecture: str = BY_NAMES
    kept: tuple[str, ...] = ()
