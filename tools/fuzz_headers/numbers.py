"""Numbers that readers get wrong."""

import random

WHOLE = (
    0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 4095, 4096,
    2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**64 - 32,
    2**64 - 1,
)  # fmt: skip
"""Whole numbers of up to 64 bits at the edges of every type."""

LITERALS = (
    "-0", "-1", "0.0", "1.0", "1e0", "1E2", "-0.0", "1e400", "-1e400",
    "01", "+1", ".5", "1.",
    "0x1", "18446744073709551616", "1" * 30,
    "9" * 320, "true", "false", "null", '"1"', "[]", "{}", "NaN",
    "Infinity", "1_0", "\u0661",
)  # fmt: skip
"""What JSON writers and their authors have put where a whole number belongs."""


def whole(dice: random.Random, near: int) -> int:
    """A number at an edge, or close to ``near``; from 0 up, of 64 bits."""
    if dice.random() < 0.5:
        return dice.choice(WHOLE)
    return (near + dice.choice((-64, -32, -8, -4, -1, 1, 2, 4, 8, 32, 64, 1000))) % 2**64
