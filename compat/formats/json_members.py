"""Walks the members of a JSON object in bytes that are known to be JSON, and builds nothing.

A hostile header costs its own length and no more: no tree of small objects is ever made of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_KEY = re.compile(rb"[\s,{]*+(" + _STRING + rb")\s*+:\s*+", re.S)
_TEXT = re.compile(_STRING, re.S)
_FLAT = re.compile(rb"\{(?:[^{}\"]++|" + _STRING + rb")*+\}", re.S)
_SCALAR = re.compile(rb"[^\s,\]}]++")
_MARK = re.compile(_STRING + rb"|[\[\]{}]", re.S)


@dataclass(frozen=True, slots=True)
class Member:
    """One key and one value of an object; ``key`` still has its quotes and escapes."""

    key: bytes
    start: int
    end: int


def members(text: bytes, start: int, end: int) -> Iterator[Member]:
    """Every member of the object in ``text[start:end]``, in order, repeated keys included.

    The text must be well-formed JSON (msgspec has said so); for anything else the answer is empty
    or short, never an error and never longer than the text.
    """
    at = start
    while (found := _KEY.match(text, at, end)) is not None:
        stop = value_end(text, found.end(), end)
        if stop is None:
            return
        yield Member(found[1], found.end(), stop)
        at = stop


def value_end(text: bytes, start: int, end: int) -> int | None:
    """Where the value that begins at ``start`` ends; None where it does not end before ``end``."""
    first = text[start : start + 1]
    if first in (b"{", b"["):
        flat = _FLAT.match(text, start, end)
        return flat.end() if flat else _nested_end(text, start, end)
    found = (_TEXT if first == b'"' else _SCALAR).match(text, start, end)
    return found.end() if found else None


def object_end(text: bytes, most_marks: int) -> int | None:
    """Where the object that ``text`` begins with closes; None where it does not, or not soon.

    The text may be anything; after ``most_marks`` brackets and texts the search stops.
    """
    if not text.lstrip(b" \t\r\n").startswith(b"{"):
        return None
    return _nested_end(text, 0, len(text), most_marks)


def _nested_end(text: bytes, start: int, end: int, most_marks: int | None = None) -> int | None:
    depth = 0
    for mark in islice(_MARK.finditer(text, start, end), most_marks):
        first = text[mark.start()]
        if first in b"{[":
            depth += 1
        elif first in b"}]":
            depth -= 1
            if depth == 0:
                return mark.end()
    return None


def depth_of(text: bytes, start: int, end: int) -> int:
    """How deep objects and lists stand in each other in a value; 0 for a text or a number."""
    depth = deepest = 0
    for mark in _MARK.finditer(text, start, end):
        first = text[mark.start()]
        if first in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"}]":
            depth -= 1
    return deepest


def has_vast_number(text: bytes, start: int, end: int) -> bool:
    """Whether a number in a value is beyond what a double holds."""
    bare = _TEXT.sub(b"", text[start:end])
    return any(_is_vast(word) for word in _LONG_NUMBER.findall(bare))


_LONG_NUMBER = re.compile(rb"-?\d[\d.]*+[eE][+-]?\d++|-?\d{300,}+[\d.]*+")


def _is_vast(word: bytes) -> bool:
    return len(word) > 400 or float(word) in (float("inf"), float("-inf"))
