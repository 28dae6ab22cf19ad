"""Sizes that ComfyUI takes for granted, replaced by those of the tiny model while it loads.

Its code is the user's own and stays as it is; a published size would take gigabytes.
"""

import contextlib
import functools
import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from probes.renders.loaders.taken_for_granted import resized


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What the tiny model has where ComfyUI takes the published size for granted.

    ``detected`` goes into what detection finds. ``arguments`` go, by module and class, into every
    call of that class; ``numbers`` replace, by module, class and method, numbers in the code.
    """

    detected: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    numbers: Mapping[tuple[str, str, str], Mapping[int, int]] = field(default_factory=dict)


@contextlib.contextmanager
def given(detection: Any, sizes: Sizes) -> Iterator[None]:
    """While this lasts, ComfyUI (its module ``detection`` among others) takes ``sizes``."""
    with contextlib.ExitStack() as stack:
        kept = detection.detect_unet_config
        found = functools.partial(_updated, kept, sizes.detected)
        stack.enter_context(_replaced(detection, "detect_unet_config", found))
        for (place, name), arguments in sizes.arguments.items():
            module = importlib.import_module(place)
            made = functools.partial(_called, getattr(module, name), arguments)
            stack.enter_context(_replaced(module, name, made))
        for (place, name, method), numbers in sizes.numbers.items():
            module = _module(place)
            if module is None:
                continue
            kind = getattr(module, name)
            other = resized(getattr(kind, method), numbers)
            stack.enter_context(_replaced(kind, method, other))
        yield


def _module(place: str) -> Any:
    """The module, None where an older ComfyUI lacks it and so does not ask for it either."""
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name and f"{place}.".startswith(f"{error.name}."):
            return None
        raise


def _updated(
    detect: Callable[..., Any], sizes: Mapping[str, Any], *given: Any, **named: Any
) -> Any:
    found = detect(*given, **named)
    if found is not None:
        found.update(sizes)
    return found


def _called(kind: Any, sizes: Mapping[str, Any], *given: Any, **named: Any) -> Any:
    return kind(*given, **{**named, **sizes})


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    kept = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, kept)
