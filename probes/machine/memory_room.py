"""How much memory this process may still take: the machine's, and its container's.

Standard library only where psutil is missing, because a probe also runs in a foreign interpreter.
"""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from compat.core.cgroup import memory_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Bytes that are left and where they end: ``of`` says whose limit it is."""

    of: str
    free: int
    limit: int


def rooms(root: Path = Path("/")) -> list[Room]:
    """Every limit that binds this process, tightest first; empty where none can be read.

    ``root`` is where /proc and /sys are looked for.
    """
    found = [*_machine(root), *_containers(root)]
    return sorted(found, key=lambda room: room.free)


def _machine(root: Path) -> Iterator[Room]:
    measured = _by_psutil() if root == Path("/") else None
    measured = measured or _by_meminfo(root) or _by_windows()
    if measured:
        yield Room(of="the machine", free=measured[0], limit=measured[1])


def _by_psutil() -> tuple[int, int] | None:
    try:
        import psutil
    except ImportError:
        return None
    memory = psutil.virtual_memory()
    return int(memory.available), int(memory.total)


def _by_meminfo(root: Path) -> tuple[int, int] | None:
    """MemAvailable and MemTotal of proc(5), which are in KiB."""
    try:
        text = (root / "proc" / "meminfo").read_text("ascii")
    except OSError:
        return None
    numbers = dict(re.findall(r"^(Mem\w+):\s+(\d+) kB$", text, re.MULTILINE))
    if {"MemAvailable", "MemTotal"} <= set(numbers):
        return int(numbers["MemAvailable"]) * 1024, int(numbers["MemTotal"]) * 1024
    return None


def _by_windows() -> tuple[int, int] | None:
    # Looked up by name, since the type checkers of other systems do not know it.
    library = getattr(ctypes, "windll", None)
    if library is None:
        return None
    status = _Status(length=ctypes.sizeof(_Status))
    library.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.free), int(status.total)


class _Status(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        *((name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")),
    )


def _containers(root: Path) -> Iterator[Room]:
    limit = memory_limit(root)
    if limit is not None:
        yield Room(of="the container (cgroup)", free=limit.free_bytes, limit=limit.limit_bytes)
