"""How the bits of each float type are laid out, so that values are judged without conversion."""

from collections.abc import Mapping
from dataclasses import dataclass

ABSURD_EXPONENT = 33
"""2**33 (8.6e9): no trained weight is as large. Half precision ends at 65504; masks hold one single
value (-1e9, -3.4e38), which is told apart by being single. Random bytes read as bf16 or fp32 lie
above it in 37 of 100 cases, since their exponents are spread evenly over 256 steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatBits:
    """One float type as integers: magnitudes grow with their bits once the sign is taken off.

    ``first_bad`` is the smallest magnitude that is NaN or infinity, ``infinity`` the one that is
    infinity (None where the type has none). ``minus_zero_is_nan`` marks the "fnuz" kinds, whose
    only NaN is the pattern of minus zero. ``largest`` is the largest finite magnitude.
    """

    word: int
    exponent: int
    mantissa: int
    bias: int
    first_bad: int | None = None
    infinity: int | None = None
    signed: bool = True
    minus_zero_is_nan: bool = False

    @property
    def sign(self) -> int:
        """The sign bit; 0 where the type has none."""
        return 1 << (self.exponent + self.mantissa) if self.signed else 0

    @property
    def largest(self) -> int:
        """Bits of the largest finite magnitude."""
        every = (1 << (self.exponent + self.mantissa)) - 1
        return every if self.first_bad is None else self.first_bad - 1

    @property
    def absurd(self) -> int | None:
        """Bits of 2**33, or None where the type does not reach so far."""
        field = self.bias + ABSURD_EXPONENT
        return field << self.mantissa if field << self.mantissa < self.largest else None

    def value(self, magnitude: int) -> float:
        """The number that a magnitude stands for; denormal numbers included."""
        field, rest = magnitude >> self.mantissa, magnitude & ((1 << self.mantissa) - 1)
        if field == 0 and self.mantissa:
            return float(rest) * 2.0 ** (1 - self.bias - self.mantissa)
        return (1 + rest / (1 << self.mantissa)) * 2.0 ** (field - self.bias)


def _ieee(word: int, exponent: int, mantissa: int) -> FloatBits:
    top = ((1 << exponent) - 1) << mantissa
    bias = (1 << (exponent - 1)) - 1
    return FloatBits(
        word=word, exponent=exponent, mantissa=mantissa, bias=bias, first_bad=top, infinity=top
    )


def _fnuz(exponent: int, mantissa: int) -> FloatBits:
    return FloatBits(
        word=1,
        exponent=exponent,
        mantissa=mantissa,
        bias=1 << (exponent - 1),
        minus_zero_is_nan=True,
    )


FLOATS: Mapping[str, FloatBits] = {
    "F64": _ieee(8, 11, 52),
    "F32": _ieee(4, 8, 23),
    "C64": _ieee(4, 8, 23),  # two float32 after one another: both halves are looked at
    "F16": _ieee(2, 5, 10),
    "BF16": _ieee(2, 8, 7),
    "F8_E5M2": _ieee(1, 5, 2),
    # The "fn" kind: no infinities, NaN is all ones, so the largest value is 448.
    "F8_E4M3": FloatBits(word=1, exponent=4, mantissa=3, bias=7, first_bad=0x7F),
    "F8_E4M3FNUZ": _fnuz(4, 3),
    "F8_E5M2FNUZ": _fnuz(5, 2),
    "F8_E8M0": FloatBits(word=1, exponent=8, mantissa=0, bias=127, first_bad=0xFF, signed=False),
}
"""IEEE 754; bfloat16; OCP 8-bit floating point 1.0 and OCP microscaling 1.0 (E8M0); the "fnuz"
kinds after LLVM's APFloat. The words are those of safetensors."""

PLAIN_WORDS: Mapping[str, int] = {"I16": 2, "U16": 2, "I32": 4, "U32": 4, "I64": 8, "U64": 8}
"""Bytes per integer; types that are in neither table are looked at byte by byte."""
