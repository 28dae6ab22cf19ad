"""Drives a deep scan: reads every value once, adds up what is seen, stops and goes on."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

from compat.formats.deep.census import Census, Stamp
from compat.formats.deep.holes import zero_regions
from compat.formats.deep.parallel import side_by_side
from compat.formats.deep.pieces import units
from compat.formats.deep.read_once import Digest, hash_and_look
from compat.formats.deep.readers import Step, one_by_one
from compat.formats.model import Header

MOST_WORKERS = 8
"""Threads by default: page cache and disks are full before that, each thread holds 4 MiB."""

OnBytes = Callable[[int], None]


def deep_scan(
    header: Header,
    *,
    on_bytes: OnBytes = lambda _count: None,
    workers: int | None = None,
    start: Census | None = None,
    stop: Callable[[], bool] = lambda: False,
    sha256: bool = False,
) -> Census:
    """Look at every value of every tensor; may raise ``OSError``.

    ``on_bytes`` hears the bytes read since its last call. ``stop`` is asked after each step (32 MiB
    at most): once it says yes, what was seen so far comes back, not ``complete``, and goes on from
    there as ``start``. A ``start`` of a file that has changed since is not used. With ``sha256``
    the hash of the whole file is taken in the same reading.
    """
    census = begin(header, start)
    with closing(scan_steps(census, workers=workers, sha256=sha256)) as steps:
        for read in steps:
            on_bytes(read)
            if stop():
                break
    return census


def take_census(header: Header, on_bytes: OnBytes = lambda _count: None) -> Census:
    """The whole of :func:`deep_scan` with its defaults."""
    return deep_scan(header, on_bytes=on_bytes)


def begin(header: Header, start: Census | None = None) -> Census:
    """The census to fill in: ``start`` where it is of this file as it is now, else an empty one."""
    stamp = _stamp(header.path)
    if start is not None and start.stamp == stamp and not start.changed:
        return start
    return Census(header=header, stamp=stamp)


def scan_steps(
    census: Census, *, workers: int | None = None, sha256: bool = False
) -> Generator[int, None, None]:
    """Fill in ``census`` step by step, yielding the bytes read; it can be stored between any two.

    An interrupt leaves the census as it was after the last step. May raise ``OSError``.
    """
    if census.complete and (census.sha256 or not sha256):
        return
    digest = Digest()
    for step in _steps(census, workers, digest if sha256 else None):
        for name, sight in step.sights:
            census.add(name, sight)
        census.position = max(census.position, step.position)
        if step.short:
            census.changed = f"it ended near byte {step.position} while it was read"
        yield step.read
    _finish(census, digest)


def _steps(census: Census, workers: int | None, digest: Digest | None) -> Iterator[Step]:
    header, position = census.header, census.position
    if digest is not None:
        return hash_and_look(header, position, digest)
    count = workers if workers is not None else _default_workers()
    todo = units(header, position)
    if count <= 1:
        return one_by_one(header.path, todo)
    return side_by_side(header.path, todo, count)


def _default_workers() -> int:
    import os

    return min(MOST_WORKERS, os.cpu_count() or 1)


def _finish(census: Census, digest: Digest) -> None:
    now = _stamp(census.header.path)
    if now != census.stamp and not census.changed:
        census.changed = (
            f"it had {census.stamp.size} bytes at first and {now.size} in the end"
            if now.size != census.stamp.size
            else "it was written to while it was read"
        )
    if not census.changed:
        census.sha256 = digest.sha256
        census.regions = zero_regions(census.header, census.sights)
        census.complete = True


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return Stamp(size=status.st_size, mtime_ns=status.st_mtime_ns)
