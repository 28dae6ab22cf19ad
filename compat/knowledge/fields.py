"""Reads one TOML entry key by key and collects every complaint with the file and key it is about.

The people who write entries need not program, so they get all mistakes at once and in words.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from compat.core.errors import CompatError

Word = TypeVar("Word", bound=StrEnum)
Answer = TypeVar("Answer")


class KnowledgeError(CompatError):
    """An entry of the knowledge base is not well formed; the message names the file and key."""


class Fields:
    """The keys of one table; every key must be read, what is left over is a complaint."""

    def __init__(self, file: str, text: str) -> None:
        """Parse ``text``; :class:`KnowledgeError` where it is not TOML at all."""
        self.file = file
        self._complaints: list[str] = []
        try:
            self._data: dict[str, object] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise KnowledgeError(
                f"{file} is not TOML: {error}", "compare it with a neighbouring file"
            ) from error

    def text(self, key: str, *, required: bool = True) -> str:
        """One text with its white space folded, so that it may be broken over lines."""
        value = self._data.pop(key, None)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.complain(key, f"found {_show(value)}, expected a text")
            return ""
        return " ".join(value.split())

    def texts(self, key: str, *, required: bool = True, fold: bool = True) -> tuple[str, ...]:
        """Several texts; one alone may stand without brackets."""
        value = self._data.pop(key, None)
        if value is None and not required:
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not items or not all(map(_is_text, items)):
            self.complain(key, f"found {_show(value)}, expected a list of texts")
            return ()
        return tuple(" ".join(item.split()) if fold else item.strip() for item in items)

    def word(self, key: str, kind: type[Word], default: Word | None = None) -> Word:
        """One of the words of an enumeration."""
        words = list(kind)
        value = self._data.pop(key, default)
        if value in words:
            return kind(str(value))
        self.complain(key, f"found {_show(value)}, expected one of {', '.join(words)}")
        return words[0]

    def date(self, key: str) -> str:
        """A date as exact as it is known: a year, a year and month, or a day; may be absent."""
        value = self._data.pop(key, "")
        text = str(value)
        if text and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
            self.complain(key, f"found {_show(value)}, expected a date such as 2026-11 in quotes")
        return text

    def table(self, key: str, build: Callable[["Fields"], Answer], empty: Answer) -> Answer:
        """A table below ``key``, read by ``build``; ``empty`` where it is absent."""
        value = self._data.pop(key, None)
        if value is None:
            return empty
        if not isinstance(value, dict):
            self.complain(key, f"found {_show(value)}, expected a [{key}] table")
            return empty
        inner = Fields(self.file, "")
        inner._data = dict(value)
        answer = build(inner)
        inner._nothing_left()
        self._complaints += [text.replace("key '", f"key '{key}.", 1) for text in inner._complaints]
        return answer

    def mapping(self, key: str) -> Mapping[str, str]:
        """A table of texts; may be absent."""
        value = self._data.pop(key, {})
        if not isinstance(value, dict) or not all(map(_is_text, value.values())):
            self.complain(key, f"found {_show(value)}, expected a table of texts")
            return {}
        return value

    def complain(self, key: str, what: str) -> None:
        """Note that ``key`` is wrong."""
        self._complaints.append(f"{self.file}, key '{key}': {what}")

    def finish(self) -> None:
        """Raise :class:`KnowledgeError` with everything that was wrong; silent where nothing is."""
        self._nothing_left()
        if self._complaints:
            raise KnowledgeError(
                "; ".join(self._complaints), "docs/knowledge.md explains every key of an entry"
            )

    def _nothing_left(self) -> None:
        for key in sorted(self._data):
            self.complain(key, "this key is not known; look for a spelling mistake")
        self._data = {}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _show(value: object) -> str:
    return "nothing" if value is None else repr(value)[:80]
