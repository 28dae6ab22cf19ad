"""SHA-256 of whole files, streamed; several files at once where there are several."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock

from compat.formats.deep.readers import fill, open_unbuffered

BLOCK = 1 << 20
"""Bytes a step: hashlib lets go of the interpreter lock, and Ctrl-C waits for one block."""

OnBytes = Callable[[int], None]


def hash_file(path: Path, on_bytes: OnBytes = lambda _count: None) -> str:
    """SHA-256 of ``path`` in hex; may raise ``OSError``. ``on_bytes`` hears each block's length."""
    return _hash(path, on_bytes, lambda: False)


def hash_files(
    paths: Iterable[Path],
    on_bytes: OnBytes = lambda _count: None,
    *,
    workers: int | None = None,
) -> Iterator[tuple[Path, str | OSError]]:
    """Each path with its SHA-256, or with why it could not be read, in the order given.

    ``on_bytes`` is called from one thread at a time.
    """
    stop, lock = Event(), Lock()

    def heard(count: int) -> None:
        with lock:
            on_bytes(count)

    def work(path: Path) -> str | OSError:
        try:
            return _hash(path, heard, stop.is_set)
        except OSError as error:
            return error

    wanted = list(paths)
    with ThreadPoolExecutor(workers, thread_name_prefix="sha256") as pool:
        try:
            yield from zip(wanted, pool.map(work, wanted), strict=True)
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _hash(path: Path, on_bytes: OnBytes, stopped: Callable[[], bool]) -> str:
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(BLOCK))
    with open_unbuffered(path) as handle:
        while (count := fill(handle, buffer)) and not stopped():
            digest.update(buffer[:count])
            on_bytes(count)
    return digest.hexdigest()
