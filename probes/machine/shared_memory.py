"""Memory that processes share with one another."""

from collections.abc import Iterator

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault

_MIB = 1 << 20
# What Docker gives a container that asks for nothing (docker run, --shm-size).
_DOCKER_MIB = 64
# One frame of 720p in float32 is 10.5 MiB; a worker that hands over a window of 16 holds 169.
_WANTED_MIB = 192


@probe("shared-memory", family="machine", needs=Needs())
def shared_memory(session: Session) -> Iterator[Finding]:
    """Processes can share a window of frames in memory.

    Renders on several cards and data loaders hand tensors over in shared memory. Docker gives a
    container 64 MiB unless it is told otherwise, and the first process to write beyond that dies
    with "Bus error". Start the container with ``--shm-size=8g`` or ``--ipc=host``. Nothing is
    lost for a render in one process.
    """
    size, refusal = attempt(lambda: _written(_WANTED_MIB))
    session.measure("shared MiB written", size or 0)
    if refusal:
        yield fault(
            session,
            "shared-memory-small",
            f"{_WANTED_MIB} MiB of shared memory cannot be had, Docker's own are {_DOCKER_MIB}: "
            f"{refusal}",
            severity=Severity.INFO,
            remedy="start the container with --shm-size=8g",
        )


def _written(mebibytes: int) -> int:
    """Reserve that much, and prove the first and last page; asked of the system beforehand.

    Writing past the end of a small /dev/shm ends the process, so its free space is read first.
    """
    import shutil
    from multiprocessing.shared_memory import SharedMemory
    from pathlib import Path

    folder = Path("/dev/shm")  # noqa: S108 - where Linux keeps it, not a place of ours
    if folder.is_dir() and (free := shutil.disk_usage(folder).free) < mebibytes * _MIB:
        raise OSError(f"{free // _MIB} MiB are free in /dev/shm")
    block = SharedMemory(create=True, size=mebibytes * _MIB)
    try:
        view = block.buf
        if view is None:
            raise OSError("the block has no buffer")
        view[0], view[-1] = 1, 1
    finally:
        del view
        block.close()
        block.unlink()
    return mebibytes
