"""Turns parsed TOML into a plan and notes everything that does not fit, instead of stopping."""

import dataclasses
import difflib
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compat.core.model import Finding, Place, Severity
from compat.plan.model import RenderPlan

_TYPE_NAMES: Mapping[type, str] = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
_LARGEST_INTEGER = 2**63 - 1
"""TOML promises 64 bits and no more."""


class PlanReader:
    """Reads one document; ``mistakes`` and ``unreadable`` (dotted keys) fill up on the way."""

    def __init__(self) -> None:
        """Start without mistakes."""
        self.mistakes: list[Finding] = []
        self.unreadable: set[str] = set()

    def read(self, document: Mapping[str, Any]) -> RenderPlan:
        """Return the plan; what could not be read stands at its default."""
        plan = self._table(RenderPlan, document, "")
        return typing.cast("RenderPlan", plan)

    def _table(self, kind: type, found: Mapping[str, Any], key: str) -> Any:
        hints = typing.get_type_hints(kind)
        fields = dataclasses.fields(kind)
        for name in found:
            if name not in hints:
                self._unknown(_joined(key, name), list(hints))
        values = {
            f.name: self._value(hints[f.name], found[f.name], _joined(key, f.name))
            for f in fields
            if f.name in found
        }
        values |= self._missing(kind, found, key)
        return kind(**{name: value for name, value in values.items() if value is not None})

    def _missing(self, kind: type, found: Mapping[str, Any], key: str) -> dict[str, Any]:
        """A stand-in for every required field that is missing or could not be read."""
        required = [f for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING]
        for item in required:
            if item.name not in found:
                self._note(
                    "key-missing",
                    _joined(key, item.name),
                    f"{_joined(key, item.name)} is missing",
                    f"add {item.name} to this [[{key.partition('[')[0]}]]",
                )
        hints = typing.get_type_hints(kind)
        return {
            item.name: hints[item.name]()
            for item in required
            if item.name not in found or _joined(key, item.name) in self.unreadable
        }

    def _value(self, hint: Any, found: Any, key: str) -> Any:
        """The value of one key, None where it has the wrong type (which is noted)."""
        if typing.get_origin(hint) is tuple:
            return self._list(typing.get_args(hint)[0], found, key)
        if dataclasses.is_dataclass(hint):
            if isinstance(found, dict):
                return self._table(typing.cast("type", hint), found, key)
            self._wrong_type(key, found, f"a table [{key}]", keys=_leaves(hint, key))
            return None
        return self._scalar(hint, found, key)

    def _list(self, item: Any, found: Any, key: str) -> tuple[Any, ...] | None:
        tables = dataclasses.is_dataclass(item)
        wanted = f"tables [[{key}]]" if tables else "a list of numbers"
        if not isinstance(found, list):
            self._wrong_type(key, found, wanted)
            return None
        values = [self._item(item, value, f"{key}[{i}]") for i, value in enumerate(found)]
        return tuple(value for value in values if value is not None)

    def _item(self, item: Any, found: Any, key: str) -> Any:
        if dataclasses.is_dataclass(item) and not isinstance(found, dict):
            # The list is shorter than it was meant to be, so nothing is computed from it.
            self.unreadable.add(key.rpartition("[")[0])
            self._wrong_type(key, found, f"a table [[{key.rpartition('[')[0]}]]")
            return None
        value = self._value(item, found, key)
        if value is None:
            self.unreadable.add(key.rpartition("[")[0])
        return value

    def _scalar(self, hint: type, found: Any, key: str) -> Any:
        whole = isinstance(found, int) and not isinstance(found, bool)
        if whole and abs(found) > _LARGEST_INTEGER:
            self._wrong_type(key, "more than 64 bits long", _TYPE_NAMES[hint])
            return None
        if hint is float and whole:
            return float(found)
        if type(found) is hint:
            return found
        self._wrong_type(key, found, _TYPE_NAMES[hint], hint=_hint_for(hint, found))
        return None

    def _wrong_type(
        self, key: str, found: Any, expected: str, *, hint: str = "", keys: Iterable[str] = ()
    ) -> None:
        self.unreadable |= {key, *keys}
        optional = "" if key.endswith("]") else f", or leave {key} out for its default"
        remedy = hint or f"write {expected}{optional}"
        self._note("wrong-type", key, f"{key} is {_described(found)}, expected {expected}", remedy)

    def _unknown(self, key: str, names: list[str]) -> None:
        near = _nearest_key(key, names)
        remedy = f"did you mean {near}?" if near else "remove it; framegate init shows every key"
        self._note(
            "unknown-key", key, f"{key} is no key of a plan, expected {', '.join(names)}", remedy
        )

    def _note(self, rule: str, key: str, message: str, remedy: str) -> None:
        self.unreadable.add(key)
        place = Place(kind="plan", path=key)
        self.mistakes.append(
            Finding(rule=rule, severity=Severity.HIGH, message=message, place=place, remedy=remedy)
        )


def all_keys() -> tuple[str, ...]:
    """Every dotted key a plan knows; tables of an array as ``prompts[].at``."""
    return tuple(_leaves(RenderPlan, ""))


def _leaves(kind: Any, key: str) -> Iterator[str]:
    for name, hint in typing.get_type_hints(kind).items():
        inner, dotted = hint, _joined(key, name)
        if typing.get_origin(hint) is tuple and dataclasses.is_dataclass(typing.get_args(hint)[0]):
            inner, dotted = typing.get_args(hint)[0], f"{dotted}[]"
        if dataclasses.is_dataclass(inner):
            yield from _leaves(inner, dotted)
        else:
            yield dotted


def _joined(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _nearest_key(key: str, names: list[str]) -> str:
    """The key that was probably meant: a similar one beside it, or this name in another table."""
    table, _, name = key.rpartition(".")
    beside = difflib.get_close_matches(name, names, n=1)
    if beside:
        return _joined(table, beside[0])
    same = [known for known in all_keys() if known.rpartition(".")[2] == name]
    return same[0] if same else next(iter(difflib.get_close_matches(key, all_keys(), n=1)), "")


def _hint_for(hint: type, found: Any) -> str:
    """What to type instead, where that can be guessed."""
    if hint is str:
        return f'put it in quotes: "{found}"' if isinstance(found, int | float) else ""
    if isinstance(found, str) and _is_number(found):
        return f"write {found.strip()} without quotes"
    if hint is int and isinstance(found, float) and abs(found) < _LARGEST_INTEGER:
        return f"write {round(found)}"
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _described(found: Any) -> str:
    match found:
        case bool():
            return str(found).lower()
        case str():
            return f"the text {found[:60]!r}"
        case dict():
            return "one table"
        case list():
            return "a list"
        case int() | float():
            return f"the number {found}"
        case _:
            return f"the {type(found).__name__} {found}"
