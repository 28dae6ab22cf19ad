"""Looks at several units at once; numpy and reading let go of the interpreter lock."""

import queue
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from compat.formats.deep.pieces import Unit
from compat.formats.deep.readers import Step, look_at_unit, new_buffer

if TYPE_CHECKING:
    from compat.formats.deep.arrays import Bytes

POLL_SECONDS = 0.2
"""How long a wait may hold up Ctrl-C: Windows interrupts no wait without an end."""


def side_by_side(path: Path, todo: Iterator[Unit], workers: int) -> Iterator[Step]:
    """Steps in file order, computed by ``workers`` threads; memory is one buffer a thread.

    Closing the generator, or an exception in it, stops the threads within one piece.
    """
    stop = Event()
    buffers: queue.SimpleQueue[Bytes] = queue.SimpleQueue()
    for _ in range(workers):
        buffers.put(new_buffer())

    def work(unit: Unit) -> Step | None:
        buffer = buffers.get()
        try:
            return look_at_unit(path, unit, buffer, stop.is_set)
        finally:
            buffers.put(buffer)

    waiting: deque[Future[Step | None]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="deep-scan") as pool:
        try:
            for unit in todo:
                waiting.append(pool.submit(work, unit))
                if len(waiting) > 2 * workers:
                    yield _result(waiting.popleft())
            while waiting:
                yield _result(waiting.popleft())
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _result(future: "Future[Step | None]") -> Step:
    while not future.done():
        wait([future], timeout=POLL_SECONDS)
    step = future.result()
    if step is None:
        raise RuntimeError("a unit was stopped although nobody asked for it")
    return step
