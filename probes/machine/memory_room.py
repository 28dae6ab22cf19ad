"""How much memory this process may still take: the machine's, and its container's.

Standard library only where psutil is missing, because a probe also runs in a foreign interpreter.
"""

import contextlib
import ctypes
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What cgroup v1 writes for "no limit" is the largest page-aligned number of 63 bits.
_NO_LIMIT = 2**60


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
    """The limits of cgroups (v2, v1) that this process is in, and of the groups above it."""
    try:
        lines = (root / "proc" / "self" / "cgroup").read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    mounted = root / "sys" / "fs" / "cgroup"
    for line in lines:
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if not controllers:
            yield from _group(mounted, path, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _group(mounted / "memory", path, *names)


def _group(mounted: Path, path: str, limit: str, usage: str, cache: str) -> Iterator[Room]:
    # In a container with a namespace of its own the path may lie outside of what is mounted.
    parts = [part for part in path.split("/") if part not in ("", "..")]
    for depth in range(len(parts), -1, -1):
        folder = mounted.joinpath(*parts[:depth])
        allowed, used = _number(folder / limit), _number(folder / usage)
        if allowed is None or used is None or allowed > _NO_LIMIT:
            continue
        # Files that were read and can be dropped count as used; they give way.
        reclaimable = _statistic(folder / "memory.stat", cache)
        free = max(0, allowed - max(0, used - reclaimable))
        yield Room(of="the container (cgroup)", free=free, limit=allowed)


def _number(path: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int(path.read_text("ascii"))
    return None


def _statistic(path: Path, name: str) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in path.read_text("ascii").splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0


def in_memory(folder: Path, root: Path = Path("/")) -> bool | None:
    """Whether ``folder`` lies in memory (tmpfs, ramfs); None where the system does not say."""
    try:
        lines = (root / "proc" / "self" / "mounts").read_text("utf-8", "replace").splitlines()
    except OSError:
        # Neither macOS nor Windows keeps its temporary folder in memory by itself.
        return False if sys.platform in ("darwin", "win32") else None
    here, kind, deepest = os.path.realpath(folder), "", -1
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
        inside = here == point or here.startswith(point.rstrip("/") + "/")
        # Of two mounts on one point the later one is seen.
        if inside and len(point) >= deepest:
            kind, deepest = fields[2], len(point)
    return kind in ("tmpfs", "ramfs") if kind else None
