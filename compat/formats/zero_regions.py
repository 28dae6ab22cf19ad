"""Finds preallocated or unfinished files by their zeros, from a few sampled blocks."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from compat.core.model import Finding
from compat.formats.model import Header, TensorInfo
from compat.formats.wording import damage, quoted

BLOCK = 4096
SAMPLES = 256
"""Tensors looked at: a hole of 2 % of the file is met with a chance above 99 %."""

FEWEST_ZERO_BYTES = 4096
"""Shorter runs of zeros are ordinary: biases and norms start at zero and may stay there."""

ZERO_SHARE = 0.05
"""Share of sampled matrices with a zero block from which the file is called unfilled."""

RESUME = "download again: the space was reserved and never filled; compare the sha256 hash"


def zero_findings(header: Header) -> Iterator[Finding]:
    """What the zeros of a file with a right header show; reads at most some 2 MiB.

    May raise ``OSError``. Values are not looked at, so a single zero matrix is left to the deep
    check.
    """
    tensors = sorted(
        (t for t in header.tensors.values() if header.data_start <= t.start < t.end),
        key=lambda tensor: tensor.start,
    )
    if not tensors:
        return
    with header.path.open("rb") as handle:
        end = min(header.file_size, max(tensor.end for tensor in tensors))
        begin = _zero_tail(handle, header.data_start, end)
        if _is_unfilled(tensors, begin, end):
            yield _tail(header.path, tensors, begin, end)
            return
        zero = [t for t in _sample(tensors, end) if not any(_middle(handle, t))]
        looked = len(_sample(tensors, end))
    if looked and len(zero) >= max(2, ZERO_SHARE * looked):
        yield _regions(header.path, zero, looked)


def _zero_tail(handle: BinaryIO, data_start: int, end: int) -> int:
    """The byte from which everything to ``end`` seems to be zero; ``end`` where nothing is.

    Steps back in doubling strides and then halves the gap: a run of zeros is taken to be unbroken.
    """
    low, high, stride = data_start, end, BLOCK
    while high > data_start:
        start = max(data_start, end - stride)
        if any(_block(handle, start, min(high, start + BLOCK))):
            low = start
            break
        high, stride = start, stride * 2
    else:
        return data_start
    while high - low > BLOCK:
        middle = (low + high) // 2
        if any(_block(handle, middle, min(high, middle + BLOCK))):
            low = middle
        else:
            high = middle
    return low + len(_block(handle, low, min(end, high + BLOCK)).rstrip(b"\0"))


def _is_unfilled(tensors: list[TensorInfo], begin: int, end: int) -> bool:
    if end - begin < FEWEST_ZERO_BYTES:
        return False
    touched = [t for t in tensors if t.end > begin and len(t.shape) > 1]
    # One whole matrix may be zero on purpose; a matrix that turns zero half way, or several, are
    # not.
    partly = any(t.start + BLOCK <= begin and t.end - begin >= BLOCK for t in touched)
    return partly or len(touched) > 1


def _sample(tensors: list[TensorInfo], end: int) -> list[TensorInfo]:
    matrices = [
        t for t in tensors if len(t.shape) > 1 and t.end - t.start >= BLOCK and t.end <= end
    ]
    step = max(1, -(-len(matrices) // SAMPLES))
    return matrices[::step]


def _middle(handle: BinaryIO, tensor: TensorInfo) -> bytes:
    start = tensor.start + (tensor.end - tensor.start - BLOCK) // 2
    return _block(handle, start, start + BLOCK)


def _block(handle: BinaryIO, start: int, end: int) -> bytes:
    handle.seek(start)
    return handle.read(end - start)


def _tail(path: Path, tensors: list[TensorInfo], begin: int, end: int) -> Finding:
    first = next(tensor for tensor in tensors if tensor.end > begin)
    share = 100 * (end - begin) / end
    return damage(
        "zero-tail",
        path,
        f"the last {end - begin} bytes ({share:.1f} %) are zero, from inside tensor "
        f"{quoted(first.name)} on, expected weights",
        remedy=RESUME,
        detail=f"byte {begin}",
        zero_from=begin,
        zero_bytes=end - begin,
        file_bytes=end,
    )


def _regions(path: Path, zero: list[TensorInfo], looked: int) -> Finding:
    return damage(
        "zero-regions",
        path,
        f"{len(zero)} of {looked} sampled tensors are zero in their middle, first "
        f"{quoted(zero[0].name)}, expected weights",
        remedy=RESUME,
        detail=f"byte {zero[0].start}",
        zero=len(zero),
        sampled=looked,
        tensors=[quoted(tensor.name) for tensor in zero[:16]],
    )
