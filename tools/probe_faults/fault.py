"""One fault that can be put under a probe, whatever it is in."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

from tools.device_faults.bug import Bug, broken_backend

Replace = Callable[[Any], Any]


@dataclass(slots=True)
class Hits:
    """How often the fault acted."""

    hits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """``inject`` is a context in which the fault acts; it gives something that counts ``hits``.

    ``operations`` are those it is in, empty for one that is in a library's function; ``probes`` are
    those that it can meet at all, empty for any.
    """

    name: str
    group: str
    imitates: str
    inject: Callable[[], AbstractContextManager[Any]]
    operations: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()


def of_device(group: str, bug: Bug) -> Fault:
    """A bug of a device, acting in every part of a composite operation."""
    return Fault(
        name=bug.name,
        group=group,
        imitates=bug.imitates,
        inject=partial(broken_backend, bug, whole=False),
        operations=bug.operations,
    )


def of_library(
    name: str, where: str, replace: Replace, probes: tuple[str, ...], imitates: str
) -> Fault:
    """A function of a library that behaves otherwise; ``where`` is "module:name.of.it".

    ``replace`` is given the real function and gives the one that takes its place.
    """
    return Fault(
        name=name,
        group="libraries",
        imitates=imitates,
        inject=partial(_replaced, where, replace),
        probes=probes,
    )


@contextmanager
def _replaced(where: str, replace: Replace) -> Iterator[Hits]:
    module, _, path = where.partition(":")
    owner = importlib.import_module(module)
    *parts, name = path.split(".")
    for part in parts:
        owner = getattr(owner, part)
    counted = Hits()
    other = replace(getattr(owner, name))

    def acting(*arguments: Any, **options: Any) -> Any:
        counted.hits += 1
        return other(*arguments, **options)

    with ExitStack() as stack:
        stack.enter_context(patch.object(owner, name, acting))
        yield counted
