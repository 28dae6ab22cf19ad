"""Counts what is not finite or absurdly large, in the rare pieces that hold any of it."""

import numpy as np

from compat.formats.deep.arrays import Bytes, Flags, Words
from compat.formats.deep.float_bits import FloatBits
from compat.formats.deep.foreign_pages import foreign_pages
from compat.formats.deep.sight import Sight


def count_odd_values(sight: Sight, raw: Bytes, at: int, bits: FloatBits, *, matrix: bool) -> None:
    """Fill in every count that the two reductions over the piece could not give.

    Bytes that are no weights at all are marked as foreign where ``matrix``.
    """
    words = raw.view(f"<u{bits.word}")
    magnitudes = words & np.array(bits.sign - 1 if bits.sign else (1 << 8) - 1, words.dtype)
    bad = _not_finite(words, magnitudes, bits)
    _count_bad(sight, words, magnitudes, bad, bits)
    if sight.not_finite:
        sight.first_bad = at + int(bad.argmax()) * bits.word
    finite = np.where(bad, np.array(0, words.dtype), magnitudes)
    sight.amax = bits.value(int(finite.max(initial=0)))
    beyond = np.zeros_like(bad) if bits.absurd is None else finite >= bits.absurd
    sight.beyond = int(np.count_nonzero(beyond))
    # Types that end below 2**33 have one NaN and are judged by their entropy.
    if matrix and (bits.absurd is None or not _is_single(magnitudes, bad | beyond)):
        pages = foreign_pages(raw, at, bad, beyond, bits)
        if pages is not None:
            sight.mark_foreign(*pages)


def _not_finite(words: Words, magnitudes: Words, bits: FloatBits) -> Flags:
    if bits.minus_zero_is_nan:
        return np.asarray(words == bits.sign, np.bool_)
    if bits.first_bad is None:
        return np.zeros(len(words), np.bool_)
    return np.asarray(magnitudes >= bits.first_bad, np.bool_)


def _count_bad(sight: Sight, words: Words, magnitudes: Words, bad: Flags, bits: FloatBits) -> None:
    total = int(np.count_nonzero(bad))
    if bits.infinity is not None:
        infinite = words[magnitudes == bits.infinity]
        sight.inf = int(np.count_nonzero(infinite == bits.infinity))
        sight.minus_inf = len(infinite) - sight.inf
    sight.nan = total - sight.inf - sight.minus_inf


def _is_single(magnitudes: Words, odd: Flags) -> bool:
    """Whether all odd values are one and the same: a mask or one kind of overflow, not noise."""
    found = magnitudes[odd]
    return not len(found) or bool((found == found[0]).all())
