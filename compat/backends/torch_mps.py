"""torch on Apple graphics through Metal."""

import platform
from collections.abc import Mapping
from typing import Any

from compat.backends.backend import import_framework
from compat.core.model import Device

# torch's own check; wheels from 2.12 on are built for macOS 14 (pytorch wheel tags).
OLDEST_MACOS = (14, 0)


class TorchMps:
    """The graphics part of an Apple chip."""

    id = "torch-mps"

    def available(self) -> str:
        """Empty where the device can be used."""
        torch, reason = import_framework("torch")
        return reason if torch is None else _why_not(torch)

    def devices(self) -> tuple[Device, ...]:
        """The one device; memory is what Metal recommends to use at most."""
        torch, reason = import_framework("torch")
        if torch is None or (reason := _why_not(torch)):
            return (Device(kind="mps", unavailable=reason),)
        return (
            Device(
                kind="mps",
                name=_asked(torch.backends.mps, "get_name") or platform.processor(),
                memory_bytes=int(_asked(torch.mps, "recommended_max_memory") or 0),
                capability=f"macOS {platform.mac_ver()[0]}",
            ),
        )

    def versions(self) -> Mapping[str, str]:
        """The macOS version: Metal's kernels, and their faults, come with it (pytorch#197114)."""
        release = platform.mac_ver()[0]
        return {"macos": release} if release else {}


def _why_not(torch: Any) -> str:
    if not torch.backends.mps.is_built():
        return f"torch {torch.__version__} is a build without MPS"
    if torch.backends.mps.is_available():
        return ""
    if not torch.backends.mps.is_macos_or_newer(*OLDEST_MACOS):
        return f"macOS {platform.mac_ver()[0]} is older than 14, which torch's MPS needs"
    return f"torch {torch.__version__} has MPS but finds no Metal device"


def _asked(module: Any, question: str) -> Any:
    # Both questions came with later versions of torch; an older one leaves the answer empty.
    function = getattr(module, question, None)
    return function() if function else None
