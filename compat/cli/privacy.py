"""Takes the user's name out of what is meant to be shown to others."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


class Discreet:
    """Writes the home folder as ``~`` and the user's name in any other path as ``USER``."""

    def __init__(self, home: Path, names: Iterable[str]) -> None:
        """Hide ``home`` and every folder called by one of ``names``."""
        # A service's home may be the root of the disk, which is in every path.
        homes = {str(home), home.as_posix(), os.path.realpath(home)} if home.name else set()
        ends = r"(?=$|[\\/\s'\":;,)])"
        self._home = _pattern(homes, rf"(?<![\w.~\\/-])(?:{{}}){ends}")
        self._name = _pattern({n for n in names if n}, rf"(?<=[\\/])(?:{{}}){ends}")

    def text(self, text: str) -> str:
        """``text`` without the name."""
        for pattern, instead in ((self._home, "~"), (self._name, "USER")):
            text = pattern.sub(instead, text) if pattern else text
        return text

    def data(self, data: Any) -> Any:
        """The same for every text in JSON values, keys included."""
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, Mapping):
            return {self.text(str(key)): self.data(item) for key, item in data.items()}
        return [self.data(item) for item in data] if isinstance(data, list | tuple) else data


def discreet(variables: Mapping[str, str], home: Path) -> Discreet:
    """For the user whose environment these ``variables`` are."""
    names = (variables.get(name, "") for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER"))
    return Discreet(home, (*names, home.name))


def _pattern(words: Iterable[str], form: str) -> re.Pattern[str] | None:
    # The longest first, and whatever the case: Windows writes one folder in several.
    sorted_words = sorted(words, key=len, reverse=True)
    if not sorted_words:
        return None
    return re.compile(form.format("|".join(map(re.escape, sorted_words))), re.IGNORECASE)
