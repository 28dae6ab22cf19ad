"""Apple's MLX: Metal on a Mac, a plain processor build elsewhere."""

from collections.abc import Mapping
from typing import Any

from compat.backends.backend import import_framework
from compat.core.model import Device


class Mlx:
    """MLX's default device; ``capability`` says whether that is Metal or the processor."""

    id = "mlx"

    def available(self) -> str:
        """Empty where mlx.core can be imported."""
        return import_framework("mlx.core")[1]

    def devices(self) -> tuple[Device, ...]:
        """The one default device."""
        core, reason = import_framework("mlx.core")
        if core is None:
            return (Device(kind="mlx", unavailable=reason),)
        facts = _facts(core)
        return (
            Device(
                kind="mlx",
                name=str(facts.get("device_name", "")),
                memory_bytes=int(facts.get("memory_size", 0)),
                capability="metal" if core.metal.is_available() else "cpu",
            ),
        )

    def versions(self) -> Mapping[str, str]:
        """Nothing below the packages and macOS."""
        return {}


def _facts(core: Any) -> Mapping[str, Any]:
    # Moved from mlx.core.metal to mlx.core in 0.30; the old one refuses where there is no Metal.
    ask = getattr(core, "device_info", None) or core.metal.device_info
    try:
        found: Mapping[str, Any] = ask()
    except RuntimeError:
        return {}
    return found
