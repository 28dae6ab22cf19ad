"""Tells a hole in a download from zeros that were meant, by where they begin and end."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from compat.formats.deep.pieces import PAGE, examinable
from compat.formats.deep.sight import Sight
from compat.formats.deep.tensor_kind import TensorKind
from compat.formats.deep.zero_region import RegionKind, ZeroRegion
from compat.formats.model import Header, TensorInfo

if TYPE_CHECKING:
    from compat.formats.deep.arrays import Words

MOST_REGIONS = 4096
"""Regions that are judged: each costs some reads of a page."""

MOST_NAMES = 16
SAMPLES = 8
"""Pages read of a tensor to see how many of its other values are zero."""

SPARSE_SHARE = 0.5
"""Share of zeros in what is around, from which more zeros are no wonder: masks, filter banks."""

CHANCE_DIGITS = 12
"""A run of zeros that comes about by chance less often than once in 10**12 is no chance: files
have fewer values than that."""

TOUCH_DIGITS = 6
"""As above, for the zeros by which a run may pass the edge of a row by chance."""

SHORTEST_ROW = 512
"""Bytes; the edges of shorter rows, such as those of a kernel, are hit by chance."""

ORDER = list(RegionKind)
"""From the worst to the most harmless."""

MOST_MEANT_TOGETHER = 2
"""A padded vocabulary beside one output that starts at zero."""

Run = tuple[int, int]


def zero_regions(header: Header, sights: Mapping[str, Sight]) -> list[ZeroRegion]:
    """Every stretch of zeros that is not exactly one or more whole tensors, judged.

    Reads a few pages for each; may raise ``OSError``.
    """
    tensors = [(tensor, kind) for tensor, kind, _ in examinable(header)]
    starts = [tensor.start for tensor, _ in tensors]
    found = []
    with header.path.open("rb") as handle:
        for run in _joined(_sharpened(handle, header, tensors, sights)):
            first = max(0, bisect_right(starts, run[0]) - 1)
            touched = tensors[first : bisect_left(starts, run[1])]
            region = _judge(handle, run, [pair for pair in touched if pair[0].end > run[0]])
            if region is not None:
                found.append(region)
    return found


def _sharpened(
    handle: BinaryIO,
    header: Header,
    tensors: list[tuple[TensorInfo, TensorKind]],
    sights: Mapping[str, Sight],
) -> Iterator[Run]:
    left = MOST_REGIONS
    for tensor, _ in tensors:
        sight = sights.get(tensor.name)
        if sight is None or not left:
            continue
        whole = sight.is_zero and tensor.end - tensor.start >= PAGE
        for start, end in [(tensor.start, tensor.end)] if whole else sight.zero_runs[:left]:
            left -= 1
            yield _sharp(handle, header, start, end)


def _sharp(handle: BinaryIO, header: Header, start: int, end: int) -> Run:
    """Extend a run of zero pages to its first and last zero byte, at most by a page each."""
    before = _read(handle, max(header.data_start, start - PAGE), start)
    after = _read(handle, end, min(header.file_size, end + PAGE))
    return (
        start - (len(before) - len(before.rstrip(b"\0"))),
        end + len(after) - len(after.lstrip(b"\0")),
    )


def _joined(runs: Iterator[Run]) -> list[Run]:
    joined: list[Run] = []
    for start, end in runs:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _judge(
    handle: BinaryIO, run: Run, touched: list[tuple[TensorInfo, TensorKind]]
) -> ZeroRegion | None:
    parts = [
        (tensor, kind)
        for tensor, kind in touched
        if kind.matrix and (tensor.start < run[0] or tensor.end > run[1])
    ]
    judged = (_kind(handle, run, tensor, kind) for tensor, kind in parts)
    kinds = [kind for kind in judged if kind is not None]
    if not kinds:
        return None
    worst = min(kinds, key=ORDER.index)
    # Unused rows end with their tensor; zeros that go on into the next one were not meant.
    crosses = len(parts) > 1 or sum(kind.matrix for _, kind in touched) > MOST_MEANT_TOGETHER
    if worst is RegionKind.ROWS and crosses:
        worst = RegionKind.HOLE
    return ZeroRegion(
        start=run[0],
        end=run[1],
        kind=worst,
        tensors=tuple(tensor.name for tensor, _ in touched[:MOST_NAMES]),
        touched=len(touched),
    )


def _kind(handle: BinaryIO, run: Run, tensor: TensorInfo, kind: TensorKind) -> RegionKind | None:
    start, end = max(run[0], tensor.start), min(run[1], tensor.end)
    word = kind.word if kind.bits is not None else 1
    share = _zero_share(handle, tensor, (start, end), word)
    if share >= SPARSE_SHARE:
        return RegionKind.SPARSE
    digits = -math.log10(share)
    if (end - start) // word * digits < CHANCE_DIGITS:
        return None
    slack = int(TOUCH_DIGITS / digits) * word
    for row in _row_lengths(tensor):
        if _fills_rows(start - tensor.start, end - tensor.start, row, slack):
            return (
                RegionKind.HOLE if _fills_pages(start, end, tensor, row, slack) else RegionKind.ROWS
            )
    return RegionKind.HOLE


def _row_lengths(tensor: TensorInfo) -> list[int]:
    """Bytes of one entry along the first axis, and along the last but one where that is long."""
    nbytes = tensor.end - tensor.start
    first, last = tensor.shape[0], math.prod(tensor.shape[:-1])
    lengths = [nbytes // count for count in (first, last) if count > 1 and nbytes % count == 0]
    return [row for row in lengths if row >= SHORTEST_ROW or row == nbytes // first]


def _fills_pages(start: int, end: int, tensor: TensorInfo, row: int, slack: int) -> bool:
    """Whether zeros that fill rows fill pages too, which rows do by chance or where all rows do."""
    if tensor.start % PAGE == 0 and row % PAGE == 0:
        return False
    begins = start == tensor.start or -start % PAGE <= slack
    ends = end == tensor.end or end % PAGE <= slack
    return begins and ends


def _fills_rows(start: int, end: int, row: int, slack: int) -> bool:
    begins, ends = -start % row, end % row
    return begins <= slack and ends <= slack and start + begins < end - ends


def _zero_share(handle: BinaryIO, tensor: TensorInfo, run: Run, word: int) -> float:
    """Share of zero words in pages of ``tensor`` outside ``run`` that are not zero altogether."""
    import numpy as np

    zeros, seen = 1, 2  # a share of zero would make every run a wonder of infinite size
    for start, end in _samples(tensor, run, word):
        block = _read(handle, start, end)
        words = np.frombuffer(block[: len(block) // word * word], f"<u{word}")
        if words.any():
            zeros += _zero_words(words)
            seen += len(words)
    return zeros / seen


def _samples(tensor: TensorInfo, run: Run, word: int) -> Iterator[Run]:
    """Pages outside the run: just before it, just after it, and over all the tensor."""
    spread = max(0, tensor.end - tensor.start - PAGE)
    starts = [tensor.start + spread * spot // SAMPLES for spot in range(SAMPLES + 1)]
    for start in (*starts, max(tensor.start, run[0] - PAGE), run[1]):
        begin = start - (start - tensor.start) % word
        end = min(begin + PAGE, tensor.end if begin >= run[1] else run[0])
        if begin < end:
            yield begin, end


def _zero_words(words: "Words") -> int:
    import numpy as np

    minus_zero = np.array(1 << (8 * words.itemsize - 1), words.dtype)
    return int(np.count_nonzero((words == 0) | (words == minus_zero)))


def _read(handle: BinaryIO, start: int, end: int) -> bytes:
    handle.seek(start)
    return handle.read(max(0, end - start))
