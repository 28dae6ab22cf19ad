"""Keeps what the parts of a pipeline were handed and gave, so that the same can be asked again."""

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from runners.engines.override import override

DENOISERS = ("transformer", "transformer_2", "unet")
"""The names diffusers gives to what predicts the noise."""


@dataclass(frozen=True, slots=True)
class Call:
    """The first call of one part: its arguments, its result, and the seconds it took.

    Tensors stay on the device they were on.
    """

    part: str
    module: Any
    method: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    seconds: float = 0.0

    def argument(self, name: str) -> Any:
        """The argument called ``name``, however it was given; None where it was not."""
        try:
            bound = inspect.signature(getattr(type(self.module), self.method)).bind(
                None, *self.args, **self.kwargs
            )
        except TypeError:
            return self.kwargs.get(name)
        return bound.arguments.get(name)


def parts_of(pipeline: Any) -> dict[str, Any]:
    """Text encoders and denoisers of a pipeline, by name, in the order in which they work."""
    parts = {n: p for n, p in pipeline.components.items() if hasattr(p, "register_forward_hook")}
    texts = {name: part for name, part in parts.items() if name.startswith("text_encoder")}
    return texts | {name: parts[name] for name in DENOISERS if name in parts}


class CallTap:
    """While open, keeps the first call of every part; ``calls`` is empty where nothing was called.

    The VAE is watched at ``decode``: its ``forward`` is never called.
    """

    def __init__(self, pipeline: Any) -> None:
        """Look at the parts of ``pipeline``."""
        self.parts = parts_of(pipeline)
        self.vae = getattr(pipeline, "vae", None)
        self.calls: dict[str, Call] = {}
        self.batches: dict[str, int] = {}
        self.timesteps: list[float] = []
        self._started: dict[str, float] = {}
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        """Hook on."""
        for name, part in self.parts.items():
            before = part.register_forward_pre_hook(self._timer(name))
            after = part.register_forward_hook(self._keeper(name), with_kwargs=True)
            self._undo += [before.remove, after.remove]
        if self.vae is not None:

            def around(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
                started = time.perf_counter()
                result = original(*args, **kwargs)
                self._keep("vae", self.vae, "decode", args, kwargs, result, started)
                return result

            self._undo.append(override(self.vae, "decode", around))
        return self

    def __exit__(self, *_error: object) -> None:
        """Let go; what was kept stays."""
        for undo in self._undo:
            undo()

    def _timer(self, name: str) -> Callable[..., None]:
        def start(_module: Any, _args: Any) -> None:
            self._started[name] = time.perf_counter()

        return start

    def _keeper(self, name: str) -> Callable[..., None]:
        def keep(module: Any, args: Any, kwargs: Any, result: Any) -> None:
            first = next((v for v in (*args, *kwargs.values()) if hasattr(v, "shape")), None)
            rows = int(first.shape[0]) if first is not None and first.ndim else 1
            self.batches[name] = self.batches.get(name, 0) + rows
            self._keep(name, module, "forward", args, kwargs, result, self._started[name])
            if name in DENOISERS:
                self._note_timestep(args, kwargs)

        return keep

    def _note_timestep(self, args: Any, kwargs: Any) -> None:
        # diffusers' UNets take it second by place, its transformers by name.
        given = kwargs.get("timestep", args[1] if len(args) > 1 else None)
        if given is not None and not isinstance(given, str):
            # Where every token has a timestep of its own, clean ones have 0.
            values = given.flatten().tolist() if hasattr(given, "flatten") else [given]
            self.timesteps.append(float(max(values)))

    def _keep(
        self,
        part: str,
        module: Any,
        method: str,
        args: Any,
        kwargs: Any,
        result: Any,
        started: float,
    ) -> None:
        if part not in self.calls:
            seconds = time.perf_counter() - started
            self.calls[part] = Call(
                part, module, method, _own(args), _own(kwargs), _own(result), seconds
            )


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with ``change`` applied to every tensor in tuples, lists, dicts and outputs."""
    if hasattr(value, "is_floating_point"):
        return change(value)
    if isinstance(value, dict):
        return {name: mapped(item, change) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(mapped(item, change) for item in value)
    return value


def tensors(value: Any) -> list[Any]:
    """The floating point tensors in a result, in their order."""
    found: list[Any] = []

    def note(tensor: Any) -> Any:
        if tensor.is_floating_point():
            found.append(tensor)
        return tensor

    mapped(value, note)
    return found


def _own(value: Any) -> Any:
    # A pipeline may go on to write into what it handed over.
    return mapped(value, lambda tensor: tensor.detach().clone())
