"""The seeded engine: every case is made from its number, so a bad one can be made again."""

import multiprocessing
import random
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from compat.core.system import own_peak_memory_bytes
from tools.fuzz_headers import gguf_cases, safetensors_cases
from tools.fuzz_headers.judge import compare
from tools.fuzz_headers.tally import Tally

MAKERS: dict[str, Callable[[random.Random], bytes]] = {
    "safetensors": safetensors_cases.make,
    "gguf": gguf_cases.make,
}
BATCH = 2000
SECONDS_A_BATCH = 120
"""A batch takes about two seconds; one that takes this long hangs."""


def run(kind: str, runs: int, first: int, processes: int) -> Tally:
    """Try the cases ``first`` to ``first + runs``; raises ``TimeoutError`` for a hang."""
    whole = Tally(kind)
    batches = [
        (kind, start, min(BATCH, first + runs - start))
        for start in range(first, first + runs, BATCH)
    ]
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        for batch in _ended(pool.imap(_batch, batches)):
            whole.merge(batch)
    return whole


def _ended(results: "multiprocessing.pool.IMapIterator[Tally]") -> Iterator[Tally]:
    while True:
        try:
            yield results.next(SECONDS_A_BATCH)
        except StopIteration:
            return
        except multiprocessing.TimeoutError as error:
            raise TimeoutError(
                f"a batch took more than {SECONDS_A_BATCH} s: a reader hangs"
            ) from error


def _batch(task: tuple[str, int, int]) -> Tally:
    kind, start, count = task
    tally = Tally(kind)
    before = own_peak_memory_bytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x.{kind}"
        for number in range(start, start + count):
            data = MAKERS[kind](random.Random(number))
            try:
                tally.add(compare(path, kind, data), f"case {number}")
            except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
                tally.fail(traceback.format_exc(limit=-3), f"case {number}")
    tally.peak_mib = (own_peak_memory_bytes() - before) / (1 << 20)
    return tally
