"""The disks that a render writes to, and what is free there."""

import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from compat.backends.machine.model import Disk


def disks(places: Mapping[str, Path]) -> tuple[Disk, ...]:
    """One entry per disk; ``places`` maps what a folder is for to the folder, there or not."""
    grouped: dict[int, dict[str, Path]] = {}
    for purpose, folder in places.items():
        existing = nearest(folder)
        with contextlib.suppress(OSError):
            grouped.setdefault(existing.stat().st_dev, {})[purpose] = folder
    return tuple(disk for group in grouped.values() if (disk := _disk(group)) is not None)


def nearest(folder: Path) -> Path:
    """``folder``, or the closest folder above it that exists."""
    for place in (folder.absolute(), *folder.absolute().parents):
        with contextlib.suppress(OSError):
            if place.exists():
                return place
    return Path.cwd()


def _disk(group: Mapping[str, Path]) -> Disk | None:
    first = nearest(next(iter(group.values())))
    with contextlib.suppress(OSError):
        usage = shutil.disk_usage(first)
        return Disk(
            places={purpose: str(folder) for purpose, folder in group.items()},
            free_bytes=usage.free,
            total_bytes=usage.total,
            filesystem=_filesystem(first),
            read_only=tuple(n for n, f in group.items() if not os.access(nearest(f), os.W_OK)),
        )
    return None


def _filesystem(folder: Path) -> str:
    """Its type, such as ext4, tmpfs (main memory) or nfs; "" where the system does not say."""
    import psutil

    with contextlib.suppress(OSError, RuntimeError):
        mounts = {part.mountpoint: part.fstype for part in psutil.disk_partitions(all=True)}
        real = folder.resolve()
        return next((mounts[str(p)] for p in (real, *real.parents) if str(p) in mounts), "")
    return ""
