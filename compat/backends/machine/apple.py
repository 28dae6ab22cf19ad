"""Apple's chips, as system_profiler and sysctl tell them."""

import json
import re
from typing import Any

from compat.backends.machine.model import Card

# Words that system_profiler writes for the vendors of a Mac's cards.
_VENDORS = {"apple": "apple", "amd": "amd", "ati": "amd", "intel": "intel", "nvidia": "nvidia"}


def displays(text: str) -> tuple[Card, ...]:
    """Cards from ``system_profiler SPDisplaysDataType -json``; empty where it cannot be read."""
    try:
        items = json.loads(text)["SPDisplaysDataType"]
    except (ValueError, KeyError, TypeError):
        return ()
    known = items if isinstance(items, list) else []
    return tuple(_card(item) for item in known if isinstance(item, dict))


def _card(item: dict[str, Any]) -> Card:
    cores = str(item.get("sppci_cores", ""))
    name = str(item.get("sppci_model") or item.get("_name") or "")
    vendor = str(item.get("spdisplays_vendor", "")).lower()
    return Card(
        vendor=next((word for key, word in _VENDORS.items() if key in vendor), ""),
        name=f"{name} ({cores} graphics cores)" if cores else name,
        memory_bytes=_vram(str(item.get("spdisplays_vram", ""))),
        capability=_metal(item),
    )


def _metal(item: dict[str, Any]) -> str:
    # The key's name changed with macOS 13; its value is a word such as spdisplays_metal3.
    for key in ("spdisplays_mtlgpufamilysupport", "spdisplays_metal"):
        if hit := re.search(r"metal ?(\d+)", str(item.get(key, "")).lower()):
            return f"Metal {hit[1]}"
    return ""


def _vram(words: str) -> int:
    hit = re.match(r"(\d+) (MB|GB)", words)
    return int(hit[1]) << (30 if hit[2] == "GB" else 20) if hit else 0


def system_facts(text: str) -> dict[str, str]:
    """What ``sysctl`` wrote as ``name: value`` lines."""
    pairs = (line.partition(": ") for line in text.splitlines())
    return {name: value.strip() for name, _, value in pairs if value}


def under_rosetta(facts: dict[str, str], machine: str) -> bool:
    """Whether this interpreter is an Intel one on an Apple chip: it has no MPS and no MLX."""
    return machine == "x86_64" and facts.get("hw.optional.arm64") == "1"
