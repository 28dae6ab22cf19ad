"""Reads lists of checksums as sha256sum, shasum and git-lfs write them."""

import re
from collections.abc import Mapping
from pathlib import Path

LARGEST = 16 << 20
_LINE = re.compile(r"\\?(?P<sha256>[0-9a-fA-F]{64}) [ *](?P<name>.+)")
"""Hash, a space, a space or a star for binary, the name; a backslash before where it is escaped."""

_TAGGED = re.compile(r"SHA2?-?256 ?\((?P<name>.+)\) = (?P<sha256>[0-9a-fA-F]{64})")
"""The BSD form, ``sha256sum --tag``."""


def read_checksum_file(file: Path) -> Mapping[str, str]:
    """SHA-256 by name; empty where the file is no such list, or holds a line of another form.

    Names that leave the folder are left out.
    """
    try:
        with file.open("rb") as handle:
            data = handle.read(LARGEST + 1)
    except OSError:
        return {}
    if len(data) > LARGEST:
        return {}
    found: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        text = line.strip()
        if not text or text.startswith(("#", ";")):
            continue
        match = _LINE.fullmatch(text) or _TAGGED.fullmatch(text)
        if match is None:
            return {}
        name = match["name"].removeprefix("./").replace("\\\\", "\\")
        if ".." not in name.split("/") and not name.startswith("/"):
            found[name] = match["sha256"].lower()
    return found
