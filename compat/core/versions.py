"""Compares version numbers with ranges such as ">=2.5,<2.6", as facts and known failures have them.

The base install has no ``packaging``; both need only comparisons of release numbers, so this
covers that part of PEP 440 and refuses the rest.
"""

import operator
import re
from collections.abc import Callable

_COMPARISON = re.compile(r"(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)*)")
_RELEASE = re.compile(r"\s*v?(\d+(?:\.\d+)*)\s*[._-]?(a|b|rc|dev|alpha|beta|c|pre)?", re.IGNORECASE)

Key = tuple[tuple[int, ...], int]

_OPERATORS: dict[str, Callable[[Key, Key], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


def parse_range(text: str) -> tuple[tuple[str, str], ...]:
    """Split a range into (operator, version) pairs; ``ValueError`` where it is none."""
    parts = [part.strip() for part in text.split(",")]
    matches = [_COMPARISON.fullmatch(part) for part in parts]
    if not all(matches):
        raise ValueError(f"{text!r} is not a version range such as '>=2.5,<2.6'")
    return tuple((match.group(1), match.group(2)) for match in matches if match)


def satisfies(version: str, text: str) -> bool | None:
    """Whether ``version`` lies in the range; None where it is not a version number.

    A local part ("+cu126") is ignored and a pre-release comes before its release.
    """
    key = _key(version)
    if key is None:
        return None
    wanted = ((_OPERATORS[sign], _key(bound)) for sign, bound in parse_range(text))
    return all(holds(key, bound) for holds, bound in wanted if bound is not None)


def _key(version: str) -> Key | None:
    match = _RELEASE.match(version)
    if match is None:
        return None
    numbers = [int(part) for part in match.group(1).split(".")[:6]]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers), -1 if match.group(2) else 0
