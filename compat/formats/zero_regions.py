"""Finds preallocated or unfinished files by their zeros, from a few sampled blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import BinaryIO

from compat.core.model import Confidence, Finding, Severity
from compat.formats.model import Header, TensorInfo
from compat.formats.wording import byte_numbers, damage, quoted

SAMPLES = 256
"""Tensors looked at: a hole of 2 % of the file is met with a chance above 99 %."""

SPOTS = 5
"""Blocks that are read of a tensor whose middle is zero, from its first to its last byte."""

SMALL_DATA = 1 << 20
"""Below this many bytes of data a file is looked at in finer grains: it is a toy or a test, and a
block of a page would cover several of its tensors."""

ZERO_SHARE = 0.25
"""Share of sampled weight bytes in scattered all-zero matrices from which the file is called
unfilled. Below it they may be meant: residual branches and outputs often start at zero, and a
frozen part keeps them (a VAE of this project's own held 12 %)."""

RESUME = "download again: the space was reserved and never filled; compare the sha256 hash"

_NO_WEIGHTS = frozenset({"BOOL", "I8", "I16", "I32", "I64", "U16", "U32", "U64"})
"""Masks and index tables have runs of zeros by nature."""

_TABLE_ENDS = ("mask", "attn.bias", "position_ids", "_index")
_OUTPUT_NAME = re.compile(
    r"(?:^|[._])(?:proj_out|out_proj|to_out|conv_out|out|output|final\w*|head|zero\w*|lora_up|"
    r"lora_B|gate\w*)(?:[._]|$)"
)
"""Outputs of residual branches and adapters are initialised with zeros and may keep them."""


@dataclass(frozen=True, slots=True)
class _Grain:
    """How finely a file is looked at: bytes of one block, and of the shortest run that counts.

    Shorter runs of zeros are ordinary: biases and norms start at zero and may stay there.
    """

    block: int = 4096
    fewest: int = 4096


_COARSE, _FINE = _Grain(), _Grain(32, 64)


def zero_findings(header: Header) -> Iterator[Finding]:
    """What the zeros of a file with a right header show; reads at most some 2 MiB.

    May raise ``OSError``. Values are not looked at, so a single zero matrix is left to the deep
    check, unless it is the last one.
    """
    first = header.data_start
    tensors = [t for t in header.tensors.values() if first <= t.start < t.end]
    if not tensors:
        return
    tensors.sort(key=attrgetter("start"))
    end = min(header.file_size, max(map(attrgetter("end"), tensors)))
    grain = _FINE if end - header.data_start < SMALL_DATA else _COARSE
    with header.path.open("rb", buffering=0) as handle:  # blocks far apart: nothing to buffer
        begin = _zero_tail(handle, header.data_start, end, grain)
        tail = _tail(header, tensors, begin, end, grain)
        if tail is not None:
            yield tail
            return
        sampled = _sample(tensors, end, grain)
        zeros = {t.name: _zero_spots(handle, t, grain) for t in sampled}
        together = any(
            zeros[one.name] and zeros[two.name] and not any(_between(handle, one, two, grain))
            for one, two in pairwise(sampled)
        )
    yield from _regions(header, sampled, zeros, together=together)


def _zero_tail(handle: BinaryIO, data_start: int, end: int, grain: _Grain) -> int:
    """The byte from which everything to ``end`` seems to be zero; ``end`` where nothing is.

    Steps back in doubling strides and then halves the gap: a run of zeros is taken to be unbroken.
    """
    low, high, stride = data_start, end, grain.block
    while high > data_start:
        start = max(data_start, end - stride)
        if any(_block(handle, start, min(high, start + grain.block))):
            low = start
            break
        high, stride = start, stride * 2
    else:
        return data_start
    while high - low > grain.block:
        middle = (low + high) // 2
        if any(_block(handle, middle, min(high, middle + grain.block))):
            low = middle
        else:
            high = middle
    return low + len(_block(handle, low, min(end, high + grain.block)).rstrip(b"\0"))


def _tail(
    header: Header, tensors: list[TensorInfo], begin: int, end: int, grain: _Grain
) -> Finding | None:
    """The finding about zeros up to the end of the data, where they are no weights' own."""
    touched = [tensor for tensor in tensors if tensor.end > begin and _is_matrix(tensor)]
    if end - begin < grain.fewest or not touched:
        return None
    if begin <= header.data_start:
        return _zero_data(header, begin, end)
    # One whole matrix may be zero on purpose; a matrix that turns zero half way, or several, are
    # not.
    first = touched[0]
    if len(touched) > 1 or (
        first.start + grain.block <= begin and first.end - begin >= grain.block
    ):
        return _zero_tail_finding(header, tensors, begin, end)
    if begin <= first.start and not _OUTPUT_NAME.search(first.name):
        return _zero_last_tensor(header, first, begin, end)
    return None


def _is_matrix(tensor: TensorInfo) -> bool:
    weights = tensor.dtype not in _NO_WEIGHTS and not tensor.name.endswith(_TABLE_ENDS)
    return weights and sum(side > 1 for side in tensor.shape) > 1


def _sample(tensors: list[TensorInfo], end: int, grain: _Grain) -> list[TensorInfo]:
    matrices = [t for t in tensors if t.end - t.start >= grain.fewest and t.end <= end]
    matrices = [tensor for tensor in matrices if len(tensor.shape) > 1]
    step = max(1, -(-len(matrices) // SAMPLES))
    return [tensor for tensor in matrices[::step] if _is_matrix(tensor)]


def _zero_spots(handle: BinaryIO, tensor: TensorInfo, grain: _Grain) -> int:
    """How many of :data:`SPOTS` blocks of a tensor are zero; 0 where the middle one is not."""
    spread = tensor.end - tensor.start - grain.block
    middle = tensor.start + spread // 2
    if any(_block(handle, middle, middle + grain.block)):
        return 0
    starts = [tensor.start + spread * spot // (SPOTS - 1) for spot in range(SPOTS)]
    return sum(not any(_block(handle, start, start + grain.block)) for start in starts)


def _between(handle: BinaryIO, one: TensorInfo, two: TensorInfo, grain: _Grain) -> bytes:
    """Up to two blocks of what lies between two sampled tensors: its beginning and its middle."""
    middle = (one.end + two.start) // 2
    return _block(handle, one.end, min(two.start, one.end + grain.block)) + _block(
        handle, middle, min(two.start, middle + grain.block)
    )


def _block(handle: BinaryIO, start: int, end: int) -> bytes:
    handle.seek(start)
    return handle.read(max(0, end - start))


def _on_disk(header: Header) -> dict[str, object]:
    """How much of the file its disk holds, where the system tells: a hole in it reads as zeros."""
    blocks = getattr(header.path.stat(), "st_blocks", None)
    return {} if blocks is None else {"bytes_on_disk": blocks * 512}


def _zero_data(header: Header, begin: int, end: int) -> Finding:
    return damage(
        "zero-data",
        header.path,
        f"all {end - begin} bytes of data are zero as far as was looked, expected weights; the "
        "header alone was written",
        remedy=RESUME,
        detail=f"byte {begin}",
        evidence={**byte_numbers(end, begin), **_on_disk(header)},
        zero_bytes=end - begin,
    )


def _zero_tail_finding(header: Header, tensors: list[TensorInfo], begin: int, end: int) -> Finding:
    first = next(tensor for tensor in tensors if tensor.end > begin)
    share = 100 * (end - begin) / end
    return damage(
        "zero-tail",
        header.path,
        f"the last {end - begin} bytes ({share:.1f} %) are zero, from inside tensor "
        f"{quoted(first.name)} on, expected weights",
        remedy=RESUME,
        detail=f"byte {begin}",
        evidence={**byte_numbers(end, begin), **_on_disk(header)},
        zero_from=begin,
        zero_bytes=end - begin,
        file_bytes=end,
    )


def _zero_last_tensor(header: Header, tensor: TensorInfo, begin: int, end: int) -> Finding:
    return damage(
        "zero-last-tensor",
        header.path,
        f"the last matrix {quoted(tensor.name)} is zero as far as was looked, from byte "
        f"{tensor.start} to the end of the data, expected weights",
        remedy=f"{RESUME}; if the hash is right, the tensor is meant to be zero",
        detail=f"byte {tensor.start}",
        # Zeros that begin exactly with a tensor can be meant; a cut download rarely ends so.
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        evidence={**byte_numbers(end, begin), **_on_disk(header)},
        zero_bytes=end - begin,
    )


def _regions(
    header: Header, sampled: list[TensorInfo], zeros: dict[str, int], *, together: bool
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
        header.path,
        f"{len(zero)} of {len(sampled)} sampled tensors ({100 * share:.1f} % of their bytes) are "
        f"zero in their middle, first {quoted(first.name)}, expected weights",
        remedy=remedy,
        detail=f"byte {first.start}",
        severity=severity,
        evidence=_on_disk(header),
        zero=len(zero),
        partly_zero=len(torn),
        sampled=len(sampled),
        tensors=[quoted(tensor.name) for tensor in zero[:16]],
    )
