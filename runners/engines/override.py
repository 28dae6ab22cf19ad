"""Puts another method onto one object, so that signatures and copies of the object stay right."""

import functools
from collections.abc import Callable
from typing import Any


def override(instance: Any, name: str, around: Callable[..., Any]) -> Callable[[], None]:
    """Let ``around(original, *args, **kwargs)`` stand for the method; returns what undoes it.

    The object gets a class of its own instead of an attribute: pipelines read the signature of
    ``scheduler.step``, and some copy the scheduler (LTX-2, for its sound), whose copy must step
    itself. ``around`` is asked for this very object only.
    """
    plain = type(instance)
    method = getattr(plain, name)

    @functools.wraps(method)
    def standing_in(self: Any, *args: Any, **kwargs: Any) -> Any:
        original = functools.partial(method, self)
        if self is not instance:
            return original(*args, **kwargs)
        return around(original, *args, **kwargs)

    words = {name: standing_in, "__module__": plain.__module__, "__doc__": plain.__doc__}
    instance.__class__ = type(plain.__name__, (plain,), words)

    def undo() -> None:
        instance.__class__ = plain

    return undo
