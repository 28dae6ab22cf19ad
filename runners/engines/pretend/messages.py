"""What a predicting worker is asked: a pipeline as data, and the device to pretend."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component of a pipeline: the library that has its class, and its whole config."""

    library: str
    kind: str
    config: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A pipeline without its weights; ``options`` are the plain values of model_index.json."""

    pipeline: str
    parts: Mapping[str, Part]
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRequest:
    """One pass over a recipe on a device of ``kind``; with an ``arch`` it is an AMD card.

    ``dtype`` is what the pipeline computes in and ``storage`` in what its weights are kept, both in
    words of safetensors, ``storage`` "" where that is the same. ``size`` is tiny or real. Without
    ``encodes`` no text encoder runs and the pipeline is handed embeddings of the right size.
    """

    recipe: Recipe
    kind: str
    size: str
    dtype: str
    storage: str = ""
    capability: float | None = None
    arch: str = ""
    width: int = 0
    height: int = 0
    frames: int = 0
    guided: bool = True
    encodes: bool = True
