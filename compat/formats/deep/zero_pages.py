"""Finds pages of zero bytes in a piece of a file by one word of each page."""

import numpy as np

from compat.formats.deep.arrays import Bytes

PAGE = 4096
"""Memory page and block of nearly every file system: a hole begins and ends with one."""

_WORD = 8


def zero_page_runs(raw: Bytes, at: int) -> list[tuple[int, int]]:
    """Runs of zero pages as (from, to) in the file; ``at`` is the file offset of ``raw``.

    Only whole pages count, as the file counts them, so that a run stays true to the file system.
    A page is looked at whole only where its first eight bytes are zero.
    """
    pages = pages_of(raw, at)
    probe = pages[:, :_WORD].view("<u8")[:, 0] if len(pages) else np.ones(1, np.uint64)
    if probe.all():
        return []
    suspects = np.flatnonzero(probe == 0)
    zero = np.zeros(len(pages), np.bool_)
    # In groups, so that the copies stay small where every page is a suspect.
    for group in np.array_split(suspects, max(1, len(suspects) // 64)):
        words = pages[group].view("<u8")
        zero[group] = np.maximum.reduce(words, axis=1) == 0
    return _runs(zero, at + -at % PAGE)


def pages_of(raw: Bytes, at: int) -> Bytes:
    """The whole pages inside ``raw``, one a row."""
    skip = -at % PAGE
    count = max(0, len(raw) - skip) // PAGE
    return raw[skip : skip + count * PAGE].reshape(count, PAGE)


def _runs(zero: "np.ndarray[tuple[int], np.dtype[np.bool_]]", base: int) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(zero.astype(np.int8), prepend=0, append=0))
    return [
        (base + int(start) * PAGE, base + int(end) * PAGE)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
