"""What every backend can say about itself, and how importable a framework is."""

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Protocol

from compat.core.model import Device


class Backend(Protocol):
    """One way of computing. Asked only inside a worker, because the answers import frameworks."""

    @property
    def id(self) -> str:
        """Kebab-case name, such as ``torch-cuda``."""
        ...

    def available(self) -> str:
        """Empty where the backend can be used, else the reason in one sentence."""
        ...

    def devices(self) -> tuple[Device, ...]:
        """Its devices; one with the reason in ``unavailable`` where it cannot be used."""
        ...

    def versions(self) -> Mapping[str, str]:
        """Versions below the Python packages, such as drivers, that may change a render."""
        ...


def missing(name: str) -> str:
    """Empty where the package ``name`` is installed, else the reason; imports nothing."""
    if importlib.util.find_spec(name) is None:
        return f"{name} is not installed"
    return ""


def import_framework(name: str) -> tuple[ModuleType | None, str]:
    """Import ``name``; returns (module, "") or (None, why not in one sentence).

    A framework can be installed and still not load: a missing DLL is an ``OSError``, a wrong numpy
    a ``ValueError`` or an ``AttributeError``, a half-copied file a ``SyntaxError``.
    """
    if reason := missing(name.partition(".")[0]):
        return None, reason
    try:
        module = importlib.import_module(name)
    except Exception as exc:  # noqa: BLE001 - a broken install raises whatever its code runs into
        return None, f"{name} is installed but cannot be imported: {first_line(exc)}"
    if (
        getattr(module, "__file__", None) is None
        and module.__name__ not in sys.builtin_module_names
    ):
        # What an uninstallation left behind still imports, as a namespace without anything in it.
        return None, f"{name} is a folder without the package"
    return module, ""


def first_line(exc: BaseException) -> str:
    """The first line of what an exception says, for a reason of one sentence."""
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0]


def torch_name(kind: str, index: int = 0) -> str:
    """What torch calls a device of this kind: ROCm cards answer to ``cuda``."""
    name = "cuda" if kind == "rocm" else kind
    return f"{name}:{index}" if name == "cuda" and index else name
