"""SHA-256 of whole files, streamed; several files at once where there are several."""

import hashlib
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock

BLOCK = 1 << 20
"""Bytes a step: hashlib lets go of the interpreter lock, and Ctrl-C waits for one block."""


def hash_files(
    paths: Iterable[Path], on_bytes: Callable[[int], None] = lambda _count: None
) -> Generator[tuple[Path, str | OSError]]:
    """Each path with its SHA-256 in hex, or with why it could not be read, in the order given.

    ``on_bytes`` is called from one thread at a time.
    """
    stop, lock = Event(), Lock()

    def heard(count: int) -> None:
        with lock:
            on_bytes(count)

    def work(path: Path) -> str | OSError:
        try:
            return _hash(path, heard, stop)
        except OSError as error:
            return error

    wanted = list(paths)
    with ThreadPoolExecutor(thread_name_prefix="sha256") as pool:
        try:
            yield from zip(wanted, pool.map(work, wanted), strict=True)
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _hash(path: Path, on_bytes: Callable[[int], None], stop: Event) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as handle:
        while not stop.is_set() and (block := handle.read(BLOCK)):
            digest.update(block)
            on_bytes(len(block))
    return digest.hexdigest()
