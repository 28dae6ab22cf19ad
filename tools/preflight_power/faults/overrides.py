"""Replaces methods of one object for good, so that a probe's own taps come and go above them."""

import functools
import inspect
from collections.abc import Callable
from typing import Any


def override(target: Any, **methods: Any) -> None:
    """Give ``target`` a class of its own in which ``methods`` stand before the inherited ones.

    A method set on the instance would not do: the preflight's taps put theirs there and delete it
    when they are done.
    """
    own = type(target)
    for name, method in methods.items():
        if inspect.isfunction(method) and hasattr(own, name):
            # Pipelines ask for the signatures of schedulers and text encoders before they call.
            functools.update_wrapper(method, getattr(own, name))
    target.__class__ = type(own.__name__, (own,), {"__module__": own.__module__, **methods})


def override_here(target: Any, name: str, method: Callable[..., Any]) -> None:
    """Replace the method ``name`` of this very object and of no copy of it.

    A broken kernel belongs to the device: what the preflight copies to the CPU computes rightly.
    """
    own = type(target)

    def here(self: Any, *args: Any, **kwargs: Any) -> Any:
        chosen = method if self is target else getattr(own, name)
        return chosen(self, *args, **kwargs)

    override(target, **{name: here})


def after(target: Any, name: str, change: Callable[[Any], Any]) -> None:
    """Let ``change`` replace what the method ``name`` returns."""
    original = getattr(type(target), name)

    def changed(self: Any, *args: Any, **kwargs: Any) -> Any:
        return change(original(self, *args, **kwargs))

    override(target, **{name: changed})


def on_tensor(output: Any, change: Callable[[Any], Any]) -> Any:
    """Apply ``change`` to the tensor that an output of diffusers carries, whatever its kind."""
    import torch

    if isinstance(output, torch.Tensor):
        return change(output)
    if isinstance(output, tuple):
        return (change(output[0]), *output[1:])
    for name in ("sample", "prev_sample", "last_hidden_state"):
        if getattr(output, name, None) is not None:
            setattr(output, name, change(getattr(output, name)))
            return output
    raise TypeError(f"no tensor in {type(output).__name__}")
