"""Main memory: the machine's, and what a container leaves of it."""

import contextlib

from compat.backends.machine.model import Memory
from compat.core.cgroup import memory_limit
from compat.core.system import free_memory_bytes


def main_memory() -> Memory:
    """What there is and what is free, in bytes."""
    import psutil

    total, limit = int(psutil.virtual_memory().total), memory_limit()
    swap_total = swap_free = 0
    # macOS in a sandbox, and Linux without /proc/vmstat, refuse to tell.
    with contextlib.suppress(OSError, RuntimeError):
        swap = psutil.swap_memory()
        swap_total, swap_free = int(swap.total), int(swap.free)
    return Memory(
        total_bytes=total,
        free_bytes=free_memory_bytes(),
        limit_bytes=limit.limit_bytes if limit and limit.limit_bytes < total else 0,
        swap_bytes=swap_total,
        swap_free_bytes=swap_free,
    )
