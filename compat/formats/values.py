"""Reads every weight of a file and looks for values that no trained model holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from compat.core.model import Finding, Severity
from compat.formats.model import Header, TensorInfo
from compat.formats.wording import damage, quoted

if TYPE_CHECKING:
    import numpy as np

CHUNK = 8 << 20
"""Bytes looked at in one go: bounds memory whatever a tensor's size."""

ZERO_SHARE = 0.25
"""Share of weight bytes in all-zero matrices from which the file is called unusable. Some zero
matrices are meant: trainings start outputs and residual branches at zero and may leave them."""


@dataclass(frozen=True, slots=True)
class _Bits:
    """How to read a float type without converting it: word, sign bit, and what is not finite."""

    word: str
    sign: int
    mask: int
    exact: bool = False  # not finite where equal to the mask, rather than where all its bits stand


# Working on the bits needs neither torch nor ml_dtypes and handles all types alike.
FLOATS = {
    "F16": _Bits("<u2", 0x8000, 0x7C00),
    "BF16": _Bits("<u2", 0x8000, 0x7F80),
    "F32": _Bits("<u4", 1 << 31, 0x7F800000),
    "F64": _Bits("<u8", 1 << 63, 0x7FF << 52),
    "F8_E5M2": _Bits("u1", 0x80, 0x7C),
    "F8_E4M3": _Bits("u1", 0x80, 0x7F),  # the "fn" kind: no infinities, NaN is all ones
    "F8_E4M3FNUZ": _Bits("u1", 0, 0x80, exact=True),
    "F8_E5M2FNUZ": _Bits("u1", 0, 0x80, exact=True),
}


@dataclass(slots=True)
class Census:
    """What was seen: tensors that hold NaN or infinity (with how many), and tensors all zero."""

    examined: int = 0
    not_examined: int = 0
    not_finite: dict[str, int] = field(default_factory=dict)
    zero: list[TensorInfo] = field(default_factory=list)
    matrix_bytes: int = 0


def take_census(header: Header, on_bytes: Callable[[int], None] = lambda _count: None) -> Census:
    """Look at every value of every float tensor; may raise ``OSError``.

    Integer, packed and ggml-quantised tensors are only looked at for zeros. ``on_bytes`` is called
    with the number of bytes done since its last call.
    """
    census = Census()
    with header.path.open("rb") as handle:
        for tensor in sorted(header.tensors.values(), key=lambda t: t.start):
            if tensor.start < header.data_start or tensor.end > header.file_size:
                census.not_examined += 1
                continue
            _look_at(handle, tensor, census, on_bytes)
    return census


def _look_at(
    handle: BinaryIO, tensor: TensorInfo, census: Census, on_bytes: Callable[[int], None]
) -> None:
    import numpy as np

    bits = FLOATS.get(tensor.dtype)
    bad, all_zero = 0, tensor.end > tensor.start
    handle.seek(tensor.start)
    left = tensor.end - tensor.start
    while left > 0:
        block = handle.read(min(CHUNK, left))
        if not block:
            break
        left -= len(block)
        on_bytes(len(block))
        if bits is None or len(block) % np.dtype(bits.word).itemsize:
            all_zero = all_zero and not any(block)
            continue
        words = np.frombuffer(block, dtype=bits.word)
        bad += _count_not_finite(words, bits)
        all_zero = all_zero and not bool((words & ~np.array(bits.sign, words.dtype)).any())
    census.examined += 1
    if bad:
        census.not_finite[tensor.name] = bad
    if len(tensor.shape) > 1:
        census.matrix_bytes += tensor.end - tensor.start
        if all_zero:
            census.zero.append(tensor)


def _count_not_finite(words: "np.ndarray", bits: _Bits) -> int:
    import numpy as np

    mask = np.array(bits.mask, words.dtype)
    hit = words == mask if bits.exact else (words & mask) == mask
    return int(np.count_nonzero(hit))


def value_findings(path: Path, census: Census) -> Iterator[Finding]:
    """What the census means: NaN is damage, zeros are damage where there are many."""
    if census.not_finite:
        name, count = max(census.not_finite.items(), key=lambda item: item[1])
        total = sum(census.not_finite.values())
        yield damage(
            "weights-not-finite",
            path,
            f"{total} values in {len(census.not_finite)} tensor(s) are NaN or infinite, expected "
            f"none; most ({count}) in {quoted(name)}",
            remedy="compare the hash with the publisher's; a right copy means the conversion "
            "overflowed: use a bf16 or fp32 file",
            detail=quoted(name),
            tensors={quoted(key): value for key, value in list(census.not_finite.items())[:16]},
        )
    if census.zero:
        yield _zeros(path, census)


def _zeros(path: Path, census: Census) -> Finding:
    nbytes = sum(tensor.end - tensor.start for tensor in census.zero)
    share = nbytes / max(1, census.matrix_bytes)
    many = share >= ZERO_SHARE
    first = max(census.zero, key=lambda tensor: tensor.end - tensor.start)
    return damage(
        "weights-all-zero",
        path,
        f"{len(census.zero)} weight tensor(s), {100 * share:.1f} % of the weight bytes, are all "
        f"zero, largest {quoted(first.name)}",
        remedy="download again and compare the hash; trained weights are not zero"
        if many
        else "nothing, where the training left an output at zero; else compare the hash",
        detail=quoted(first.name),
        severity=Severity.HIGH if many else Severity.LOW,
        zero_bytes=nbytes,
        weight_bytes=census.matrix_bytes,
        tensors=[quoted(tensor.name) for tensor in census.zero[:16]],
    )
