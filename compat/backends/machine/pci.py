"""Graphics cards on the bus, whether or not a driver is there for them; and Windows' own list."""

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from compat.backends.machine.model import Card

if sys.platform == "win32":
    import winreg

# Vendor ids of the PCI SIG.
VENDORS = {"0x10de": "nvidia", "0x1002": "amd", "0x8086": "intel"}
# Display controllers of the PCI class codes: VGA, 3D (cards without a screen), other.
_DISPLAYS = ("0x0300", "0x0302", "0x0380")
# The class of display adapters (Microsoft: System-Defined Device Setup Classes).
_ADAPTERS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


def on_the_bus(root: Path = Path("/")) -> tuple[str, ...]:
    """The vendor of each display controller that Linux lists; a container sees the host's."""
    folder = root / "sys/bus/pci/devices"
    devices = sorted(folder.iterdir()) if folder.is_dir() else []
    return tuple(
        VENDORS[vendor]
        for device in devices[:512]
        if _word(device / "class").startswith(_DISPLAYS)
        and (vendor := _word(device / "vendor")) in VENDORS
    )


def _word(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text("ascii", "replace").strip()
    return ""


def windows_cards(adapters: Iterable[Mapping[str, object]]) -> tuple[Card, ...]:
    """Cards from the registry's display adapters (see :func:`registry_adapters`)."""
    cards = []
    for adapter in adapters:
        name = str(adapter.get("DriverDesc", ""))
        size = adapter.get("HardwareInformation.qwMemorySize", 0)
        cards.append(
            Card(
                vendor=_vendor(f"{adapter.get('ProviderName', '')} {name}"),
                name=name,
                memory_bytes=size if isinstance(size, int) else 0,
            )
        )
    return tuple(card for card in cards if card.vendor)


def _vendor(words: str) -> str:
    known = {"nvidia": "nvidia", "advanced micro": "amd", "amd": "amd", "radeon": "amd",
             "intel": "intel"}  # fmt: skip
    return next((vendor for word, vendor in known.items() if word in words.lower()), "")


def registry_adapters() -> Iterator[Mapping[str, object]]:
    """The values of each display adapter in the registry of Windows; nothing elsewhere."""
    if sys.platform == "win32":
        for number in range(32):
            with contextlib.suppress(OSError):
                key = winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, rf"{_ADAPTERS}\{number:04}")
                yield dict(_values(key))
    yield from ()


if sys.platform == "win32":

    def _values(key: winreg.HKEYType) -> Iterator[tuple[str, object]]:
        for name in ("DriverDesc", "ProviderName", "HardwareInformation.qwMemorySize"):
            with contextlib.suppress(OSError):
                yield name, winreg.QueryValueEx(key, name)[0]
