"""Recognises pages that hold something else than weights: noise, text, bytes of another type."""

import numpy as np

from compat.formats.deep.arrays import Bytes, Flags, Words
from compat.formats.deep.float_bits import FloatBits
from compat.formats.deep.pieces import PAGE
from compat.formats.deep.zero_pages import first_page

Foreign = tuple[str, int, int, int]
"""Kind, first offset, offset behind the last, bytes in pages of that kind."""

ABSURD_SHARE = 0.05
"""Share of magnitudes above 2**33 in a page from which it holds no weights; random bytes have 0.37
in bf16 and fp32, lower-case text more than half, weights none."""

BAD_SHARE = {16: 0.01, 8: 0.004}
"""By bits per value, for types that end below 2**33: share of NaN in a page that is worth a look at
its entropy. Random bytes have 1/32 in f16 and e5m2, 1/128 in e4m3."""

NOISE_BITS = 7.3
"""Entropy in bits of the byte with sign and exponent, from which it is noise. Normally distributed
weights reach 4 in bf16 and fp32, 5.2 in f16 and e5m2, 6.6 in e4m3 (largest value 448); random bytes
reach 7.9 in a page of 2048 values."""

TEXT_SHARE = 0.97
FEWEST_LETTERS = 10  # a table of figures has the digits, a stop and a space
_PRINTABLE = np.zeros(256, np.bool_)
_PRINTABLE[[9, 10, 13, *range(32, 127)]] = True
GLANCE = 64
NAN_BYTES = (0x7F, 0xFF)


def foreign_pages(
    raw: Bytes, at: int, bad: Flags, beyond: Flags, bits: FloatBits
) -> Foreign | None:
    """The pages in which odd values are so many that the bytes are no weights; None without any."""
    absurd = _share_by_page(bad | beyond, at, bits.word)
    if bits.absurd is not None:
        sick = (absurd >= ABSURD_SHARE) & (_share_by_page(beyond, at, bits.word) > 0)
    else:
        sick = absurd >= BAD_SHARE[bits.exponent + bits.mantissa + 1]
    if not sick.any():
        return None
    rows = _by_page(raw.view(f"<u{bits.word}"), at, bits.word)[sick][:16].view(np.uint8)
    noise = entropy(rows[:, bits.word - 1 :: bits.word].ravel()) >= NOISE_BITS
    if bits.absurd is None and not noise:
        return None
    kind = "noise" if noise else "text" if is_text(rows[0]) else "values"
    return _between(kind, [int(page) for page in np.flatnonzero(sick)], first_page(at))


def text_pages(pages: Bytes, suspects: Words, base: int) -> Foreign | None:
    """The pages among the ``suspects`` that hold nothing but printable characters, if any do."""
    text = [
        int(page)
        for page in suspects
        if pages[page, :GLANCE].tobytes().isascii() and is_text(pages[page])
    ]
    return _between("text", text, base) if text else None


def filler_pages(pages: Bytes, suspects: Words, base: int) -> Foreign | None:
    """The pages among the ``suspects`` that hold one byte over and over, if any do.

    Not the bytes that make NaN in an 8-bit type: such pages are counted as what they are.
    """
    filled = [
        int(page)
        for page in suspects
        if pages[page, 0] not in NAN_BYTES and (pages[page] == pages[page, 0]).all()
    ]
    return _between("filler", filled, base) if filled else None


def is_text(raw: Bytes) -> bool:
    """Whether nearly every byte is a printable character, and not always the same few."""
    if np.count_nonzero(_PRINTABLE[raw]) < TEXT_SHARE * len(raw):
        return False
    return int(np.count_nonzero(np.bincount(raw, minlength=256))) >= FEWEST_LETTERS


def entropy(raw: Bytes) -> float:
    """Shannon entropy of the bytes, 0 to 8 bits."""
    counts = np.bincount(raw, minlength=256)
    shares = counts[counts > 0] / max(1, len(raw))
    return float(-(shares * np.log2(shares)).sum())


def _share_by_page(flags: Flags, at: int, word: int) -> Words:
    return np.asarray(np.count_nonzero(_by_page(flags, at, word), axis=1) / (PAGE // word))


def _by_page(values: Words, at: int, word: int) -> Words:
    """Values of ``word`` bytes in rows of one page; what lies before the first page is left out."""
    skip, row = (-at % PAGE) // word, PAGE // word
    count = max(0, len(values) - skip) // row
    return np.asarray(values[skip : skip + count * row].reshape(count, row))


def _between(kind: str, pages: list[int], base: int) -> Foreign:
    return kind, base + pages[0] * PAGE, base + (pages[-1] + 1) * PAGE, len(pages) * PAGE
