"""Looks at one piece of a tensor in two or three passes that make no copy."""

import numpy as np

from compat.formats.deep.arrays import Bytes, Words
from compat.formats.deep.float_bits import FloatBits
from compat.formats.deep.foreign_pages import filler_pages, text_pages
from compat.formats.deep.look_blocks import look_at_blocks
from compat.formats.deep.odd_values import count_odd_values
from compat.formats.deep.sight import Sight
from compat.formats.deep.tensor_kind import TensorKind
from compat.formats.deep.zero_pages import first_page, pages_of, suspect_pages, zero_page_runs

SMALL_SAMPLE = 512
SMALL_EXPONENT = 5
FAINT_EXPONENT = 16
"""Values of a piece in which those below 2**-5 and below 2**-16 of its largest are counted."""

SATURATION_SAMPLE = 1 << 16
"""Values of a piece in which those at the end of the range are counted: a share is wanted."""


def look_at(raw: Bytes, at: int, kind: TensorKind) -> Sight:
    """What stands in ``raw``, which lies at file offset ``at`` and holds whole words or blocks."""
    raw = raw[: len(raw) // kind.word * kind.word]
    if kind.layout is not None:
        sight = look_at_blocks(raw, at, kind.layout)
    elif kind.bits is not None:
        sight = _look_at_floats(raw, at, kind.bits, kind)
    else:
        sight = _look_at_plain(raw, kind.word)
    if kind.holds_weights and len(raw):
        _look_at_pages(sight, raw, at, kind)
    return sight


def _look_at_floats(raw: Bytes, at: int, bits: FloatBits, kind: TensorKind) -> Sight:
    # NaN and infinity are the largest patterns of their sign. The largest unsigned word has the
    # largest magnitude below zero, the largest signed word the largest above: two SIMD reductions
    # find every value that is not finite, and the largest magnitude with it.
    words, signed = raw.view(f"<u{bits.word}"), raw.view(f"<i{bits.word}")
    if not len(words):
        return Sight()
    top = int(np.maximum.reduce(words))
    peak = top & ~bits.sign if top & bits.sign or not bits.signed else 0
    if bits.signed:
        peak = max(peak, int(np.maximum.reduce(signed)))
    sight = Sight(values=len(words), same=_only_value(words))
    if _is_odd(signed, peak, bits):
        count_odd_values(sight, raw, at, bits, matrix=kind.matrix)
    else:
        sight.amax = bits.value(peak)
    if bits.word > 1 and kind.matrix and not sight.not_finite:
        _sample_small(sight, words, peak, bits)
    if bits.word == 1 and bits.signed and peak >= bits.largest:
        _sample_saturation(sight, words, bits)
    if kind.scale and bits.signed:
        _look_at_scales(sight, words, signed, bits)
    return sight


def _is_odd(signed: Words, peak: int, bits: FloatBits) -> bool:
    if bits.minus_zero_is_nan:
        return bool(np.minimum.reduce(signed) == -bits.sign)
    first_odd = min(limit for limit in (bits.first_bad, bits.absurd) if limit is not None)
    return peak >= first_odd


def _only_value(words: Words) -> int | None:
    first = words[0]
    if words[-1] != first or words[len(words) // 2] != first or not (words == first).all():
        return None
    return int(first)


def _sample_saturation(sight: Sight, words: Words, bits: FloatBits) -> None:
    sample = words[:SATURATION_SAMPLE] & np.array(bits.sign - 1, words.dtype)
    sight.full = int(np.count_nonzero(sample == bits.largest))
    sight.full_of = len(sample)


def _sample_small(sight: Sight, words: Words, peak: int, bits: FloatBits) -> None:
    middle = len(words) // 2
    sample = words[middle : middle + SMALL_SAMPLE] & np.array(bits.sign - 1, words.dtype)
    small = sample[sample < max(1, peak - (SMALL_EXPONENT << bits.mantissa))]
    faint = small[small < max(1, peak - (FAINT_EXPONENT << bits.mantissa))]
    sight.small, sight.faint = len(small), int(np.count_nonzero(faint))
    sight.small_of = len(sample)


def _look_at_scales(sight: Sight, words: Words, signed: Words, bits: FloatBits) -> None:
    magnitudes = words & np.array(bits.sign - 1, words.dtype)
    sight.zeros = len(words) - int(np.count_nonzero(magnitudes))
    sight.negative = bool(((signed < 0) & (magnitudes != 0)).any())


def _look_at_plain(raw: Bytes, word: int) -> Sight:
    words = raw.view(f"<u{word}")
    if not len(words):
        return Sight()
    top = int(np.maximum.reduce(words))
    return Sight(values=len(words), same=_only_value(words), amax=float(top))


def _look_at_pages(sight: Sight, raw: Bytes, at: int, kind: TensorKind) -> None:
    pages, base = pages_of(raw, at), first_page(at)
    suspects = suspect_pages(pages)
    sight.zero_runs = zero_page_runs(pages, suspects.zero, base)
    sight.zero_bytes = sum(end - start for start, end in sight.zero_runs)
    found = text_pages(pages, suspects.text, base)
    # Packed integers and scales may be the same for long; a matrix of one value has its own rule.
    if found is None and (kind.bits or kind.layout) and not kind.scale and sight.same is None:
        found = filler_pages(pages, suspects.filler, base)
    if found is not None and not sight.foreign_bytes:
        sight.mark_foreign(*found)
