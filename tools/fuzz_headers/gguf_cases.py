"""Makes gguf files: a right one, changed in its numbers, its parts and its bytes."""

import random
import struct
from dataclasses import dataclass, field

from compat.formats.dtypes import GGML_TYPES
from tools.fuzz_headers.numbers import whole

_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "B",
    10: "Q",
    11: "q",
    12: "d",
}
_TEXTS = (
    b"a",
    b"",
    b"ltxv",
    b"\xff\xfe",
    "größe".encode(),
    b"x" * 70,
    b"x" * 130,
    b"../a",
    b"a\0b",
)


@dataclass(slots=True)
class _Number:
    """A number of the header that may be changed; ``size`` in bytes."""

    value: int
    size: int

    def packed(self) -> bytes:
        return struct.pack("<I" if self.size == 4 else "<Q", self.value % (1 << 8 * self.size))


@dataclass(slots=True)
class _Block:
    """One pair or one tensor entry: numbers and ready bytes in order."""

    parts: list[_Number | bytes] = field(default_factory=list)

    def packed(self) -> bytes:
        return b"".join(one if isinstance(one, bytes) else one.packed() for one in self.parts)


def make(dice: random.Random) -> bytes:
    """One file, changed in none to four ways."""
    alignment = dice.choice((32, 32, 32, 8, 64))
    pairs = _pairs(dice, alignment)
    entries, size = _entries(dice, alignment)
    start = _Block([b"GGUF", _Number(dice.choice((2, 3, 3)), 4)])
    counts = _Block([_Number(len(entries), 8), _Number(len(pairs), 8)])
    blocks = [start, counts, *pairs, *entries]
    rounds = dice.choice((0, 1, 1, 1, 2, 2, 3, 4))
    changes = [dice.choice(("number", "number", "number", "block", "bytes")) for _ in range(rounds)]
    for _ in range(changes.count("number")):
        _change_number(dice, blocks)
    for _ in range(changes.count("block")):
        _change_blocks(dice, blocks)
    head = b"".join(block.packed() for block in blocks)
    file = head + bytes(-len(head) % alignment) + b"\x11" * size
    for _ in range(changes.count("bytes")):
        file = _change_bytes(dice, file)
    return file


def _text(raw: bytes) -> list[_Number | bytes]:
    return [_Number(len(raw), 8), raw]


def _pairs(dice: random.Random, alignment: int) -> list[_Block]:
    pairs = []
    if dice.random() < 0.8:
        pairs.append(_Block([*_text(b"general.architecture"), _Number(8, 4), *_text(b"ltxv")]))
    if alignment != 32:
        pairs.append(_Block([*_text(b"general.alignment"), _Number(4, 4), _Number(alignment, 4)]))
    for number in range(dice.choice((0, 0, 1, 2, 3))):
        key = f"k{number}".encode() if dice.random() < 0.9 else dice.choice(_TEXTS)
        kind = dice.randrange(13)
        pairs.append(_Block([*_text(key), _Number(kind, 4), *_value(dice, kind, 2)]))
    return pairs


def _value(dice: random.Random, kind: int, depth: int) -> list[_Number | bytes]:
    if kind == 8:
        return _text(dice.choice(_TEXTS))
    if kind == 9:
        inner = dice.choice((0, 4, 7, 8, 9 if depth else 8))
        count = dice.choice((0, 1, 3, 20))
        parts: list[_Number | bytes] = [_Number(inner, 4), _Number(count, 8)]
        for _ in range(count):
            parts.extend(_value(dice, inner, depth - 1))
        return parts
    letter = _SCALARS.get(kind, "B")
    return [bytes(dice.choice((0, 0, 1, 1, 2, 255)) for _ in range(struct.calcsize(letter)))]


def _entries(dice: random.Random, alignment: int) -> tuple[list[_Block], int]:
    entries, offset = [], 0
    for number in range(dice.choice((0, 1, 1, 2, 3, 5))):
        kind = dice.choice((0, 0, 1, 8, 30, dice.choice(list(GGML_TYPES))))
        _, per_block, block_bytes = GGML_TYPES[kind]
        sides = [per_block * dice.choice((1, 1, 2)), *(dice.choice((1, 2, 3)) for _ in range(2))]
        sides = sides[: dice.choice((1, 2, 3))]
        nbytes = block_bytes
        for place, side in enumerate(sides):
            nbytes *= side // per_block if place == 0 else side
        name = f"t{number}.weight".encode() if dice.random() < 0.95 else dice.choice(_TEXTS)
        entries.append(
            _Block(
                [
                    *_text(name),
                    _Number(len(sides), 4),
                    *(_Number(side, 8) for side in sides),
                    _Number(kind, 4),
                    _Number(offset, 8),
                ]
            )
        )
        offset += -(-nbytes // alignment) * alignment
    return entries, offset


def _change_number(dice: random.Random, blocks: list[_Block]) -> None:
    numbers = [one for block in blocks for one in block.parts if isinstance(one, _Number)]
    if numbers:
        number = dice.choice(numbers)
        number.value = whole(dice, number.value)


def _change_blocks(dice: random.Random, blocks: list[_Block]) -> None:
    if not blocks:
        return
    kind = dice.randrange(4)
    at = dice.randrange(len(blocks))
    if kind == 0:
        blocks.insert(at, dice.choice(blocks))
    elif kind == 1:
        blocks.pop(at)
    elif kind == 2:
        middle = blocks[2:]
        dice.shuffle(middle)
        blocks[2:] = middle
    else:
        block = blocks[at]
        texts = [place for place, one in enumerate(block.parts) if isinstance(one, bytes)]
        if texts:
            block.parts[dice.choice(texts)] = dice.choice(_TEXTS)


def _change_bytes(dice: random.Random, file: bytes) -> bytes:
    kind = dice.randrange(5)
    if kind == 0:
        return file[: dice.randint(0, len(file))]
    if kind == 1:
        return file + dice.choice((b"x", bytes(40), b"<html></html>", file))
    changed = bytearray(file)
    for _ in range(dice.choice((1, 1, 2, 4))):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)
