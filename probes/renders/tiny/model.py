"""What a tiny model is: its parts in float32, how they make a pipeline, and what is rendered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Parts = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyModel:
    """A family's pipeline, small enough for a processor.

    ``parts`` builds every component in float32, with the same weights each time; ``networks`` names
    those that hold the model itself and that a loader of weights has to load. ``pipeline`` is the
    name of the diffusers class and ``options`` its plain arguments. ``inputs`` are the arguments of
    one call, float32 tensors on the processor: the prompt's embeddings are among them, so no text
    encoder takes part; the noise is, so no device's random numbers do.

    ``cores`` are the attributes under which the assembled pipeline holds the networks (empty: their
    own names). ``published`` is the class a folder of the model names where that is another one,
    and ``beside`` the parts that come in folders of their own.
    """

    family: str
    pipeline: str
    parts: Callable[[], Parts]
    inputs: Callable[[], dict[str, Any]]
    networks: tuple[str, ...] = ("transformer",)
    cores: tuple[str, ...] = ()
    published: str = ""
    beside: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ("text_encoder", "tokenizer")

    def assemble(self, parts: Parts) -> Any:
        """The pipeline of these parts, without text encoders and without a progress bar."""
        import diffusers

        made = getattr(diffusers, self.pipeline)(**self.nothing, **parts, **self.options)
        made.set_progress_bar_config(disable=True)
        return made

    def core_modules(self, pipeline: Any) -> list[Any]:
        """The networks of an assembled pipeline."""
        return [getattr(pipeline, name) for name in self.cores or self.networks]

    @property
    def nothing(self) -> dict[str, None]:
        """The arguments that say that there are no text encoders."""
        return dict.fromkeys(self.without)


def modules_of(parts: Parts) -> Parts:
    """Those of ``parts`` that hold weights."""
    return {name: part for name, part in parts.items() if hasattr(part, "state_dict")}
