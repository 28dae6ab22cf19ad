"""Records as lines of JSON, one file per process, safe against a kill at any moment."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Journal:
    """Appends records to one file; each line is on the disk before the next case begins."""

    def __init__(self, path: Path) -> None:
        """Append to ``path``; a last line that was cut by a kill is ended first."""
        path.parent.mkdir(parents=True, exist_ok=True)
        cut = path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0
        self._file = path.open("a", encoding="utf-8")
        if cut:
            self._file.write("\n")

    def add(self, record: Record) -> None:
        """Write one record."""
        self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def records(folder: Path) -> Iterator[Record]:
    """Every whole record of every file in ``folder``, each key once; what was cut is left out."""
    seen: set[str] = set()
    for path in sorted(folder.glob("records*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and record.get("key") not in seen:
                seen.add(str(record.get("key")))
                yield record
