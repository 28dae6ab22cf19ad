"""Whether a folder lies in memory, so that filling it takes memory from the render."""

import os
import re
import sys
from pathlib import Path


def in_memory(folder: Path, root: Path = Path("/")) -> bool | None:
    """Whether ``folder`` lies in memory (tmpfs, ramfs); None where the system does not say."""
    try:
        lines = (root / "proc" / "self" / "mounts").read_text("utf-8", "replace").splitlines()
    except OSError:
        # Neither macOS nor Windows keeps its temporary folder in memory by itself.
        return False if sys.platform in ("darwin", "win32") else None
    here, kind, deepest = os.path.realpath(folder), "", -1
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
        inside = here == point or here.startswith(point.rstrip("/") + "/")
        # Of two mounts on one point the later one is seen.
        if inside and len(point) >= deepest:
            kind, deepest = fields[2], len(point)
    return kind in ("tmpfs", "ramfs") if kind else None
