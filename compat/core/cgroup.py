"""The memory that a Linux container or service may use, which the system's own figures hide."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# Version 1 writes the largest page-aligned 64-bit number for "no limit"; no machine has this much.
_NO_LIMIT = 1 << 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryLimit:
    """The tightest limit of the groups this process is in, and the least that any leaves free."""

    limit_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class _Names:
    limit: str
    used: str
    # What the kernel takes back before it kills, as memory.stat calls it.
    cache: str


_VERSION_1 = _Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
_VERSION_2 = _Names("memory.max", "memory.current", "inactive_file")


def memory_limit(root: Path = Path("/")) -> MemoryLimit | None:
    """The limit that holds for this process; None where there is none or it is not Linux.

    ``root`` is where /proc and /sys are looked for (kernel documentation: cgroup-v2, cgroup-v1).
    """
    found = [limit for folder, names in _folders(root) if (limit := _limit(folder, names))]
    if not found:
        return None
    return MemoryLimit(
        limit_bytes=min(limit.limit_bytes for limit in found),
        free_bytes=min(limit.free_bytes for limit in found),
    )


def _folders(root: Path) -> Iterator[tuple[Path, _Names]]:
    """Every group of this process up to the topmost: each may have a limit of its own."""
    try:
        lines = (root / "proc/self/cgroup").read_text("ascii", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if "memory" in controllers.split(","):
            yield from _upwards(root / "sys/fs/cgroup/memory", path, _VERSION_1)
        elif not controllers:
            yield from _upwards(root / "sys/fs/cgroup", path, _VERSION_2)


def _upwards(top: Path, path: str, names: _Names) -> Iterator[tuple[Path, _Names]]:
    # A container often sees its own group as the topmost one under the host's name for it.
    inside = PurePosixPath(path.lstrip("/"))
    for group in (inside, *inside.parents):
        if ".." not in group.parts:
            yield top / group, names


def _limit(folder: Path, names: _Names) -> MemoryLimit | None:
    limit = _number(folder / names.limit)
    if limit is None or limit >= _NO_LIMIT:
        return None
    used = (_number(folder / names.used) or 0) - _cache(folder, names.cache)
    return MemoryLimit(limit_bytes=limit, free_bytes=max(0, limit - max(0, used)))


def _number(path: Path) -> int | None:
    # "max" of version 2 is no number, and so no limit.
    with contextlib.suppress(OSError, ValueError):
        return int(path.read_text("ascii", "replace"))
    return None


def _cache(folder: Path, name: str) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in (folder / "memory.stat").read_text("ascii", "replace").splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0
