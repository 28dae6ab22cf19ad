"""The cards and drivers of this machine, and what it runs inside of."""

import contextlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compat.backends.machine.amd import amd
from compat.backends.machine.apple import displays, system_facts, under_rosetta
from compat.backends.machine.model import Card, Driver, Hardware
from compat.backends.machine.nvidia import Ask, nvidia
from compat.backends.machine.pci import on_the_bus, registry_adapters, windows_cards
from compat.core.program import ask, on_path

_CONTAINERS = ((".dockerenv", "Docker"), ("run/.containerenv", "Podman"))
# Where Windows' driver stands inside WSL, whose PATH need not have it.
_WSL_NVIDIA_SMI = Path("/usr/lib/wsl/lib/nvidia-smi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """How to look: whom to ask, and what this system is, so that a test can be another one."""

    variables: Mapping[str, str]
    root: Path = Path("/")
    ask: Ask = ask
    system: str = field(default_factory=platform.system)
    machine: str = field(default_factory=platform.machine)


def hardware(looking: Looking) -> Hardware:
    """Every card that the system or a driver tells of."""
    around = _surroundings(looking)
    cards, drivers = _nvidia(looking)
    if looking.system == "Darwin":
        own, rosetta = _mac(looking)
        return Hardware(cards=own, drivers=drivers, surroundings=around + rosetta)
    if looking.system == "Windows":
        others = windows_cards(registry_adapters())
        known = {card.vendor for card in cards}
        rest = tuple(card for card in others if card.vendor not in known)
        return Hardware(cards=cards + rest, drivers=drivers, surroundings=around)
    return _with_the_bus(looking, cards, drivers, around)


def _nvidia(looking: Looking) -> tuple[tuple[Card, ...], tuple[Driver, ...]]:
    program = on_path("nvidia-smi", looking.variables)
    if program is None and _WSL_NVIDIA_SMI.is_file():
        program = _WSL_NVIDIA_SMI
    if program is None:
        return (), ()
    cards, driver = nvidia(program, looking.ask)
    return cards, (driver,)


def _with_the_bus(
    looking: Looking, cards: tuple[Card, ...], drivers: tuple[Driver, ...], around: tuple[str, ...]
) -> Hardware:
    """Add the AMD cards, and those on the bus that no driver tells of."""
    amd_cards, driver = amd(looking.root)
    found = cards + amd_cards
    told = {card.vendor for card in found}
    silent = dict.fromkeys(v for v in on_the_bus(looking.root) if v not in told)
    return Hardware(
        cards=(*found, *(Card(vendor=vendor, name="") for vendor in silent)),
        drivers=(*drivers, *((driver,) if driver else ())),
        surroundings=around,
    )


def _mac(looking: Looking) -> tuple[tuple[Card, ...], tuple[str, ...]]:
    shown = looking.ask(["/usr/sbin/system_profiler", "SPDisplaysDataType", "-json"])
    told = looking.ask(["/usr/sbin/sysctl", "hw.optional.arm64"])
    rosetta = under_rosetta(system_facts(told.text), looking.machine)
    return displays(shown.text), ("Rosetta",) if rosetta else ()


def _surroundings(looking: Looking) -> tuple[str, ...]:
    found = [name for file, name in _CONTAINERS if (looking.root / file).exists()]
    with contextlib.suppress(OSError):
        kernel = (looking.root / "proc/version").read_text("utf-8", "replace")
        found += ["WSL"] if "microsoft" in kernel.lower() else []
    if "KUBERNETES_SERVICE_HOST" in looking.variables and not found:
        found.append("Kubernetes")
    return tuple(found)
