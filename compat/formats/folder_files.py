"""Lists the files of a model folder, through links, without running in circles."""

import os
from collections.abc import Iterator
from pathlib import Path

MOST_FILES = 100_000
"""More files than this are no model; a home folder named by mistake must not take minutes."""


def files_below(folder: Path) -> list[Path]:
    """Every file below ``folder`` in sorted relative order; linked folders are followed once.

    Raises ``OSError`` where the folder itself cannot be listed, ``ValueError`` for more than
    :data:`MOST_FILES`.
    """
    next(folder.iterdir(), None)
    found: list[Path] = []
    for path in _walk(folder):
        found.append(path)
        if len(found) > MOST_FILES:
            raise ValueError(f"{folder} holds more than {MOST_FILES} files")
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _walk(folder: Path) -> Iterator[Path]:
    seen: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        real = str(Path(root).resolve())
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        for name in names:
            path = Path(root) / name
            # Pipes and devices are no files; a dangling link is a missing file, say so.
            if path.is_file() or (path.is_symlink() and not path.exists()):
                yield path
