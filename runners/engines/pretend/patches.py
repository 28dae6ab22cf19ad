"""Lets torch say that the device is there, for as long as the pretence lasts."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock


@contextmanager
def present(kind: str, capability: float | None, arch: str = "") -> Iterator[None]:
    """Within, code that asks for this kind of device is told that there is one, and no other.

    An AMD card (``arch``, as "gfx1100") answers to cuda, and torch says that it was made for HIP.
    """
    import torch

    with ExitStack() as stack:
        for home, name, value in _answers(torch, kind, capability, arch):
            if hasattr(home, name):
                stack.enter_context(mock.patch.object(home, name, _always(value)))
        if arch:
            stack.enter_context(mock.patch.object(torch.version, "hip", HIP))
        yield


HIP = "7.0"
"""Code only looks whether there is one."""


def _answers(
    torch: Any, kind: str, capability: float | None, arch: str
) -> Iterator[tuple[Any, str, Any]]:
    on_mac = kind == "mps"
    yield torch.backends.mps, "is_available", on_mac
    yield torch.cuda, "is_available", not on_mac
    if on_mac:
        yield torch.mps, "empty_cache", None
        yield torch.mps, "synchronize", None
        yield torch.mps, "current_allocated_memory", 0
        return
    numbers = capability_of(arch) if arch else divmod(round((capability or 8.0) * 10), 10)
    yield torch.cuda, "get_device_capability", numbers
    yield torch.cuda, "device_count", 1
    yield torch.cuda, "current_device", 0
    yield torch.cuda, "empty_cache", None
    yield torch.cuda, "synchronize", None
    yield torch.cuda, "is_bf16_supported", bool(arch) or numbers >= (8, 0)


def capability_of(arch: str) -> tuple[int, int]:
    """What torch calls the compute capability of an AMD card: gfx1100 is (11, 0), gfx90a (9, 0)."""
    digits = arch.removeprefix("gfx")
    return int(digits[:-2]), int(digits[-2])


def _always(value: Any) -> Callable[..., Any]:
    # torch._dynamo asks the function for the one it wraps, as a cached one has it.
    @functools.lru_cache
    def answer(*_args: Any, **_kwargs: Any) -> Any:
        return value

    return answer
