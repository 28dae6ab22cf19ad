"""Finds preallocated or unfinished files by their zeros, from a few sampled blocks."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from compat.core.model import Finding, Severity
from compat.formats.model import Header, TensorInfo
from compat.formats.wording import damage, quoted

BLOCK = 4096
SAMPLES = 256
"""Tensors looked at: a hole of 2 % of the file is met with a chance above 99 %."""

SPOTS = 5
"""Blocks that are read of a tensor whose middle is zero, from its first to its last byte."""

FEWEST_ZERO_BYTES = 4096
"""Shorter runs of zeros are ordinary: biases and norms start at zero and may stay there."""

ZERO_SHARE = 0.25
"""Share of sampled weight bytes in scattered all-zero matrices from which the file is called
unfilled. Below it they may be meant: residual branches and outputs often start at zero, and a
frozen part keeps them (a VAE of this project's own held 12 %)."""

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
        sampled = _sample(tensors, end)
        zeros = {t.name: _zero_spots(handle, t) for t in sampled}
        together = any(
            zeros[one.name] and zeros[two.name] and not any(_between(handle, one, two))
            for one, two in pairwise(sampled)
        )
    yield from _regions(header.path, sampled, zeros, together=together)


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


def _zero_spots(handle: BinaryIO, tensor: TensorInfo) -> int:
    """How many of :data:`SPOTS` blocks of a tensor are zero; 0 where the middle one is not."""
    spread = tensor.end - tensor.start - BLOCK
    if any(_block(handle, tensor.start + spread // 2, tensor.start + spread // 2 + BLOCK)):
        return 0
    starts = [tensor.start + spread * spot // (SPOTS - 1) for spot in range(SPOTS)]
    return sum(not any(_block(handle, start, start + BLOCK)) for start in starts)


def _between(handle: BinaryIO, one: TensorInfo, two: TensorInfo) -> bytes:
    """Up to two blocks of what lies between two sampled tensors: its beginning and its middle."""
    middle = (one.end + two.start) // 2
    return _block(handle, one.end, min(two.start, one.end + BLOCK)) + _block(
        handle, middle, min(two.start, middle + BLOCK)
    )


def _block(handle: BinaryIO, start: int, end: int) -> bytes:
    handle.seek(start)
    return handle.read(max(0, end - start))


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


def _regions(
    path: Path, sampled: list[TensorInfo], zeros: dict[str, int], *, together: bool
) -> Iterator[Finding]:
    zero = [tensor for tensor in sampled if zeros[tensor.name]]
    if not zero:
        return
    nbytes = sum(tensor.end - tensor.start for tensor in zero)
    share = nbytes / sum(tensor.end - tensor.start for tensor in sampled)
    # What a download leaves empty does not begin and end with tensors: a tensor is zero in part, or
    # neighbours are zero together. Zeros that are meant fill single tensors exactly.
    torn = [tensor for tensor in zero if zeros[tensor.name] < SPOTS]
    if torn or together or share >= ZERO_SHARE:
        severity, remedy = Severity.HIGH, RESUME
    else:
        severity, remedy = Severity.INFO, "nothing, where the training left them at zero"
    first = (torn or zero)[0]
    yield damage(
        "zero-regions" if severity is Severity.HIGH else "zero-tensors",
        path,
        f"{len(zero)} of {len(sampled)} sampled tensors ({100 * share:.1f} % of their bytes) are "
        f"zero in their middle, first {quoted(first.name)}, expected weights",
        remedy=remedy,
        detail=f"byte {first.start}",
        severity=severity,
        zero=len(zero),
        partly_zero=len(torn),
        sampled=len(sampled),
        tensors=[quoted(tensor.name) for tensor in zero[:16]],
    )
