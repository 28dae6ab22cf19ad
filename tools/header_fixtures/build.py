"""Builds a model class on torch's meta device and reads names, shapes and dtypes off it."""

import importlib.metadata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tools.header_fixtures.compact import Entry
from tools.header_fixtures.fixture import COMPUTED, Fixture

BF16, F16, F32 = "BF16", "F16", "F32"


def entries(module: Any, dtype: str = BF16, *, skip: Iterable[str] = ()) -> dict[str, Entry]:
    """Names and shapes of a module's state dict, all in ``dtype``."""
    skipped = tuple(skip)
    return {
        name: (dtype, tuple(tensor.shape))
        for name, tensor in module.state_dict().items()
        if not (skipped and name.startswith(skipped))
    }


def on_meta(build: Callable[[], Any]) -> Any:
    """Call ``build`` with every new tensor on the meta device: real sizes, no memory."""
    import torch

    with torch.device("meta"):
        return build()


def computed(
    name: str,
    expect: str,
    tensors: Mapping[str, Entry],
    *,
    of: str,
    library: str,
    config: Mapping[str, Any],
    metadata: Mapping[str, str] | None = None,
    note: str = "",
) -> Fixture:
    """A fixture whose origin is the class ``of`` in the configuration ``config``."""
    origin: dict[str, Any] = {
        "kind": COMPUTED,
        "class": of,
        "library": library,
        "config": dict(config),
    }
    if note:
        origin["note"] = note
    return Fixture(
        name=name, expect=expect, tensors=tensors, origin=origin, metadata=metadata or {}
    )


def version_of(package: str) -> str:
    """``package`` with its installed version."""
    return f"{package} {importlib.metadata.version(package)}"
