"""Looks at the scales of quantised ggml blocks where they stand, without dequantising."""

import numpy as np

from compat.formats.deep.arrays import Bytes, Flags, Words
from compat.formats.deep.ggml_scales import BlockLayout, Scale
from compat.formats.deep.sight import Sight

HALF_LARGEST = 65504.0
"""Largest f16: every ggml loader for images and video dequantises to it or multiplies in it."""

STRETCH = 16 << 10
ABSURD_SHARE = 0.05
"""Share of blocks with a scale that is not finite or overflows f16, from which a stretch of 16 KiB
holds no blocks: random bytes have 0.09 or more for every type with an f16 scale, weights none."""


def look_at_blocks(raw: Bytes, at: int, layout: BlockLayout) -> Sight:
    """Sum up the scales of the whole blocks in ``raw``; its first block begins at offset ``at``."""
    count = len(raw) // layout.size
    sight = Sight(values=count * len(layout.scales))
    if not count:
        return sight
    odd: Flags | None = None
    for scale in layout.scales:
        words = _words(raw, count, layout.size, scale)
        peak = _peak(words, scale)
        if peak > _overflow(scale):
            found = _count_odd(sight, words, at, layout.size, scale)
            odd = found if odd is None else odd | found
        else:
            sight.amax = max(sight.amax, _weight(peak, scale))
    if sight.amax == 0 and not sight.not_finite:
        sight.amax = float(np.maximum.reduce(raw)) if _has_hidden_weights(layout) else 0.0
    if odd is not None:
        _mark_foreign(sight, odd, at, layout.size)
    return sight


def _words(raw: Bytes, count: int, size: int, scale: Scale) -> Words:
    if scale.spread:
        parts = [_field(raw, count, size, scale.offset + 2 * part, 2) for part in range(4)]
        return (
            (parts[0] >> 12)
            | ((parts[1] >> 8) & 0x00F0)
            | ((parts[2] >> 4) & 0x0F00)
            | (parts[3] & 0xF000)
        )
    return _field(raw, count, size, scale.offset, scale.bits.word)


def _field(raw: Bytes, count: int, size: int, offset: int, word: int) -> Words:
    return np.ndarray((count,), f"<u{word}", raw, offset, (size,))


def _peak(words: Words, scale: Scale) -> int:
    """Bits of the largest magnitude; the sign of a scale means nothing to its blocks."""
    bits = scale.bits
    if not bits.signed:
        return int(np.maximum.reduce(words))
    top, positive = (
        int(np.maximum.reduce(words)),
        int(np.maximum.reduce(words.view(f"<i{bits.word}"))),
    )
    return max(positive, top & ~bits.sign if top & bits.sign else 0)


def _overflow(scale: Scale) -> int:
    """Bits of the largest scale whose weights still fit f16, and of no infinity."""
    bits = scale.bits
    largest = bits.largest
    if not scale.factor or bits.value(largest) * scale.factor <= HALF_LARGEST:
        return largest
    low, high = 0, largest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _weight(middle, scale) <= HALF_LARGEST else (low, middle)
    return low


def _weight(peak: int, scale: Scale) -> float:
    # An e8m0 scale has no zero: its smallest, 2**-127, is what quantisers write for a zero block.
    if not peak:
        return 0.0
    return scale.bits.value(peak) * (scale.factor or 1.0)


def _has_hidden_weights(layout: BlockLayout) -> bool:
    """Whether blocks of the smallest scale may still hold something: only e8m0 has no zero."""
    return any(not scale.bits.mantissa for scale in layout.scales)


def _count_odd(sight: Sight, words: Words, at: int, size: int, scale: Scale) -> Flags:
    bits = scale.bits
    magnitudes = words & np.array(bits.sign - 1 if bits.signed else 0xFF, words.dtype)
    bad = np.asarray(magnitudes > bits.largest, np.bool_)
    odd = np.asarray(magnitudes > _overflow(scale), np.bool_)
    infinite = np.count_nonzero(magnitudes == bits.infinity) if bits.infinity else 0
    sight.inf += int(infinite)
    sight.nan += int(np.count_nonzero(bad)) - int(infinite)
    sight.beyond += int(np.count_nonzero(odd & ~bad))
    if bad.any():
        first = at + int(bad.argmax()) * size + scale.offset
        sight.first_bad = first if sight.first_bad is None else min(sight.first_bad, first)
    finite = magnitudes[~bad]
    sight.amax = max(sight.amax, _weight(int(finite.max(initial=0)), scale))
    return odd


def _mark_foreign(sight: Sight, odd: Flags, at: int, size: int) -> None:
    group = STRETCH // size
    count = len(odd) // group
    if not count:
        return
    shares = np.count_nonzero(odd[: count * group].reshape(count, group), axis=1) / group
    sick = np.flatnonzero(shares >= ABSURD_SHARE)
    # One kind of odd scale may come of one fault of arithmetic; foreign bytes have both kinds.
    if len(sick) and sight.not_finite and sight.beyond:
        start, end = at + int(sick[0]) * group * size, at + (int(sick[-1]) + 1) * group * size
        sight.mark_foreign("noise", start, end, len(sick) * group * size)
