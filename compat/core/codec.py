"""Carries the frozen nouns through JSON and back, for workers and the store."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

Noun = TypeVar("Noun")


def to_data(value: object) -> Any:
    """Return ``value`` as JSON-ready data: dataclasses become dicts, tuples lists, enums values."""
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_data(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_data(item) for item in value]
    return value


def from_data(kind: type[Noun], data: object) -> Noun:
    """Rebuild a dataclass of type ``kind`` from what :func:`to_data` made of it.

    Unknown keys raise ``ValueError``: a message from a newer worker must not be half understood.
    """
    return typing.cast("Noun", _build(kind, data))


def _build(kind: Any, data: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        return _build_dataclass(typing.cast("type", kind), data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return None if data is None else _build(_first_type(arguments), data)
    if isinstance(origin, type) and issubclass(origin, tuple | list):
        return _build_sequence(origin, arguments, data)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _build(arguments[1], item) for key, item in data.items()}
    return data


def _build_sequence(origin: type, arguments: tuple[Any, ...], data: Any) -> Any:
    if origin is tuple and arguments[-1] is not Ellipsis:
        return tuple(_build(part, item) for part, item in zip(arguments, data, strict=True))
    return origin(_build(arguments[0], item) for item in data)


def _build_dataclass(kind: type, data: Any) -> Any:
    hints = typing.get_type_hints(kind)
    known = {f.name for f in dataclasses.fields(kind)}
    if unknown := sorted(set(data) - known):
        raise ValueError(f"{kind.__name__} does not know {', '.join(unknown)}")
    return kind(**{name: _build(hints[name], item) for name, item in data.items()})


def _first_type(arguments: tuple[Any, ...]) -> Any:
    return next(argument for argument in arguments if argument is not types.NoneType)
