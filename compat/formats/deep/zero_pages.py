"""Looks at one word of every page of a piece, and finds the pages that are zero."""

from dataclasses import dataclass

import numpy as np

from compat.formats.deep.arrays import Bytes, Flags, Words
from compat.formats.deep.pieces import PAGE

_HIGH_BITS = np.uint64(0x8080808080808080)


_ALL_BUT_TOP = np.uint64(0x00FFFFFFFFFFFFFF)
_BYTE = np.uint64(8)


@dataclass(frozen=True, slots=True)
class Suspects:
    """Rows of pages that may be zero, text, or one other byte over and over."""

    zero: Words
    text: Words
    filler: Words


def suspect_pages(pages: Bytes) -> Suspects:
    """What each page may be by its first eight bytes.

    One page of weights in 256 has no high bit there, so nearly nothing is looked at twice.
    """
    probe = pages[:, :8].view("<u8")[:, 0] if len(pages) else np.empty(0, np.uint64)
    plain = np.flatnonzero((probe & _HIGH_BITS) == 0)
    zero = probe[plain] == 0
    alike = np.flatnonzero((probe >> _BYTE) == (probe & _ALL_BUT_TOP))
    return Suspects(plain[zero], plain[~zero], alike[probe[alike] != 0])


def zero_page_runs(pages: Bytes, suspects: Words, base: int) -> list[tuple[int, int]]:
    """Runs of zero pages among the ``suspects`` as (from, to) in the file.

    Only whole pages count, as the file counts them; ``base`` is the file offset of the first.
    """
    if not len(suspects):
        return []
    zero = np.zeros(len(pages), np.bool_)
    first, end = int(suspects[0]), int(suspects[-1]) + 1
    if end - first == len(suspects):  # neighbours, as in a file of zeros: no copy
        zero[first:end] = _are_zero(pages[first:end])
    else:
        for group in np.array_split(suspects, max(1, len(suspects) // 64)):
            zero[group] = _are_zero(pages[group])
    return _runs(zero, base)


def _are_zero(pages: Bytes) -> Flags:
    return np.asarray(np.maximum.reduce(pages.view("<u8"), axis=1) == 0)


def first_page(at: int) -> int:
    """File offset of the first whole page of a piece that begins at ``at``."""
    return at + -at % PAGE


def pages_of(raw: Bytes, at: int) -> Bytes:
    """The whole pages inside ``raw``, one a row."""
    skip = -at % PAGE
    count = max(0, len(raw) - skip) // PAGE
    return raw[skip : skip + count * PAGE].reshape(count, PAGE)


def _runs(zero: Flags, base: int) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(zero.astype(np.int8), prepend=0, append=0))
    return [
        (base + int(start) * PAGE, base + int(end) * PAGE)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
