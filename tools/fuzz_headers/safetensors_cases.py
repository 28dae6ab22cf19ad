"""Makes safetensors files: a right one, changed in its structure, its text and its bytes."""

import json
import random
import struct
from typing import TYPE_CHECKING

from compat.formats.dtypes import SAFETENSORS_BITS
from tools.fuzz_headers.numbers import LITERALS, whole

if TYPE_CHECKING:
    from collections.abc import Callable

Member = tuple[str, list[tuple[str, str]] | str]
"""A key as JSON text, and the fields of its entry as JSON texts, or any other JSON text."""

_WORDS = (*SAFETENSORS_BITS, "C128", "f32", "F8_E4M3FN", "F32 ", "")
_NAMES = (
    "a",
    "",
    "../x",
    "/x",
    "__metadata__",
    "a\0b",
    "\u202e",
    "é",
    "重",
    "😀",
    "dtype",
    "a/b",
    "\x7f",
)
_SPACES = (" ", "\n", "\t", "\r\n", "  ", "\f", "\ufeff", "\0", "\xa0")
_SNIPPETS = (
    ",", ":", "{", "}", "[", "]", '"', "\\", "\\u0061", "\\ud800", "\\udc00", "\\ud83d\\ude00",
    "null", "//", "/**/", "'", "[" * 130, "{" * 130, '{"a":' * 130, '"__metadata__":{},',
    '"__metadata__":null,', '"\\u005f_metadata__":{"a":"b"},', ',"x":1e999', ',"x":' + "[" * 127,
)  # fmt: skip


def make(dice: random.Random) -> bytes:
    """One file, changed in none to four ways."""
    members, size = _right(dice)
    rounds = dice.choice((0, 1, 1, 1, 2, 2, 3, 4))
    kinds = [dice.choice(("entry", "entry", "members", "text", "bytes")) for _ in range(rounds)]
    for _ in range(kinds.count("entry")):
        _change_entry(dice, members)
    for _ in range(kinds.count("members")):
        _change_members(dice, members)
    text = _write(dice, members)
    for _ in range(kinds.count("text")):
        text = _change_text(dice, text)
    data = dice.choice((b"\0", b"\x3c")) * min(size, 4096)
    raw = text.encode("utf-8", "surrogatepass")
    file = struct.pack("<Q", len(raw)) + raw + data
    for _ in range(kinds.count("bytes")):
        file = _change_bytes(dice, file)
    return file


def _right(dice: random.Random) -> tuple[list[Member], int]:
    members: list[Member] = []
    if dice.random() < 0.4:
        members.append(('"__metadata__"', json.dumps({"format": "pt", "a": dice.choice(_NAMES)})))
    end = 0
    for number in range(dice.choice((0, 1, 1, 2, 3, 5))):
        word = dice.choice(list(SAFETENSORS_BITS))
        shape = [dice.choice((0, 1, 2, 4, 8)) for _ in range(dice.randint(0, 3))]
        if SAFETENSORS_BITS[word] < 8:
            shape.append(8)
        bits = SAFETENSORS_BITS[word]
        for side in shape:
            bits *= side
        fields = [
            ("dtype", json.dumps(word)),
            ("shape", json.dumps(shape)),
            ("data_offsets", json.dumps([end, end + bits // 8])),
        ]
        members.append((json.dumps(f"t{number}.weight"), fields))
        end += bits // 8
    return members, end


def _change_entry(dice: random.Random, members: list[Member]) -> None:
    entries = [(at, fields) for at, (_, fields) in enumerate(members) if isinstance(fields, list)]
    if not entries:
        return
    at, fields = dice.choice(entries)
    change = dice.choice((_drop_field, _repeat_field, _add_field, _change_numbers, _change_numbers,
                          _change_word, _as_list, _shuffle, _other_value))  # fmt: skip
    members[at] = (members[at][0], change(dice, list(fields)))


_Fields = list[tuple[str, str]]


def _drop_field(dice: random.Random, fields: _Fields) -> _Fields:
    if fields:
        fields.pop(dice.randrange(len(fields)))
    return fields


def _repeat_field(dice: random.Random, fields: _Fields) -> _Fields:
    return [*fields, dice.choice(fields)] if fields else fields


def _add_field(dice: random.Random, fields: _Fields) -> _Fields:
    fields.insert(dice.randint(0, len(fields)), ("extra", _any_json(dice, 4)))
    return fields


def _change_numbers(dice: random.Random, fields: _Fields) -> _Fields:
    at = next(
        (n for n, (key, _) in enumerate(fields) if key == dice.choice(("shape", "data_offsets"))),
        None,
    )
    if at is None:
        return fields
    key, text = fields[at]
    try:
        numbers: list[object] = list(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return fields
    literal = dice.choice(LITERALS) if dice.random() < 0.4 else None
    spot = dice.randint(0, len(numbers))
    if spot < len(numbers) and dice.random() < 0.8:
        near = numbers[spot]
        numbers[spot] = whole(dice, near if isinstance(near, int) else 0)
    elif dice.random() < 0.5:
        numbers.insert(spot, whole(dice, 1))
    elif numbers:
        numbers.pop()
    words = [json.dumps(number) for number in numbers]
    if literal is not None and words:
        words[dice.randrange(len(words))] = literal
    fields[at] = (key, f"[{','.join(words)}]")
    return fields


def _change_word(dice: random.Random, fields: _Fields) -> _Fields:
    return [
        (key, json.dumps(dice.choice(_WORDS)) if key == "dtype" else text) for key, text in fields
    ]


def _as_list(dice: random.Random, fields: _Fields) -> str:
    if dice.random() < 0.5:
        return f"[{','.join(text for _, text in fields)}]"
    return _any_json(dice, 3)


def _shuffle(dice: random.Random, fields: _Fields) -> _Fields:
    dice.shuffle(fields)
    return fields


def _other_value(dice: random.Random, fields: _Fields) -> _Fields:
    if fields:
        at = dice.randrange(len(fields))
        fields[at] = (fields[at][0], _any_json(dice, 2))
    return fields


def _any_json(dice: random.Random, depth: int) -> str:
    kind = dice.randrange(8 if depth else 4)
    if kind == 0:
        return dice.choice(LITERALS)
    if kind == 1:
        return json.dumps(dice.choice(_NAMES))
    if kind < 4:
        return str(whole(dice, 3))
    inner = [_any_json(dice, depth - 1) for _ in range(dice.randint(0, 3))]
    if kind < 6:
        return f"[{','.join(inner)}]"
    if kind == 6 and dice.random() < 0.2:
        deep = dice.choice((3, 100, 123, 124, 125, 126, 127, 128, 200, 1500))
        return "[" * deep + "]" * deep
    return "{" + ",".join(f'"{n % 2}":{value}' for n, value in enumerate(inner)) + "}"


def _change_members(dice: random.Random, members: list[Member]) -> None:
    kind = dice.randrange(6)
    if kind == 0 and members:
        members.insert(dice.randint(0, len(members)), dice.choice(members))
    elif kind == 1 and members:
        at = dice.randrange(len(members))
        members[at] = (json.dumps(dice.choice(_NAMES)), members[at][1])
    elif kind == 2 and members:
        members.pop(dice.randrange(len(members)))
    elif kind == 3:
        dice.shuffle(members)
    elif kind == 4:
        members.append(
            (dice.choice(('"__metadata__"', '"\\u005f_metadata__"')), _any_json(dice, 3))
        )
    else:
        members.append((json.dumps(dice.choice(_NAMES)), _any_json(dice, 3)))


def _write(dice: random.Random, members: list[Member]) -> str:
    colon, comma = dice.choice(((":", ","), (": ", ", "), (":\n", "\t,\r\n")))
    parts = []
    for key, fields in members:
        if isinstance(fields, list):
            inner = comma.join(f"{json.dumps(name)}{colon}{text}" for name, text in fields)
            parts.append(f"{key}{colon}{{{inner}}}")
        else:
            parts.append(f"{key}{colon}{fields}")
    return "{" + comma.join(parts) + "}" + " " * dice.choice((0, 0, 3, 8))


def _change_text(dice: random.Random, text: str) -> str:
    at, kind = dice.randint(0, len(text)), dice.randrange(7)
    changes: tuple[Callable[[], str], ...] = (
        lambda: text[:at] + dice.choice(_SNIPPETS) + text[at:],
        lambda: text[:at] + text[at + dice.choice((1, 1, 2, 8)) :],
        lambda: dice.choice(_SPACES) + text,
        lambda: text + dice.choice(_SPACES),
        lambda: text[:at] + text[max(0, at - dice.randint(1, 40)) :],
        lambda: text.replace('"', "'", 1) if dice.random() < 0.3 else _escape(dice, text),
        lambda: text[:at] + dice.choice(_SPACES) + text[at:],
    )
    return changes[kind]()


def _escape(dice: random.Random, text: str) -> str:
    letters = [at for at, letter in enumerate(text) if letter.isalpha()]
    if not letters:
        return text
    at = dice.choice(letters)
    return f"{text[:at]}\\u{ord(text[at]) & 0xFFFF:04x}{text[at + 1 :]}"


def _change_bytes(dice: random.Random, file: bytes) -> bytes:
    kind = dice.randrange(6)
    if kind == 0:
        return file[: dice.randint(0, len(file))]
    if kind == 1:
        return file + dice.choice((b"x", bytes(8), b"<html></html>", file))
    if kind == 2:
        length = whole(dice, int.from_bytes(file[:8], "little"))
        return struct.pack("<Q", length) + file[8:]
    changed = bytearray(file)
    for _ in range(dice.choice((1, 1, 2, 4))):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)
