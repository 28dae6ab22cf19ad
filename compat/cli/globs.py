"""Expands patterns on the command line, for shells that do not."""

import glob
from collections.abc import Iterable
from pathlib import Path

from compat.core.errors import UsageError


def expand(words: Iterable[str | Path]) -> list[Path]:
    """The paths that ``words`` name, each once; ``*``, ``?``, ``[]`` and ``**`` are patterns.

    A word that names something is taken as it is, whatever signs it holds. ``UsageError`` for a
    word that names nothing and a pattern that matches nothing.
    """
    found: dict[Path, None] = {}
    for word in map(str, words):
        found.update(dict.fromkeys(_paths(word)))
    return list(found)


def _paths(word: str) -> list[Path]:
    path = Path(word).expanduser() if word.startswith("~") else Path(word)
    # A dangling link is something to be checked, too.
    if path.exists() or path.is_symlink():
        return [path]
    if not glob.has_magic(word):
        raise UsageError(f"there is no {word}", "name an existing file or folder")
    # Path.glob takes no absolute patterns and has no root to start from on another drive.
    matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207
    if not matches:
        raise UsageError(f"nothing matches {word}", "name an existing file or folder")
    return [Path(match) for match in matches]
