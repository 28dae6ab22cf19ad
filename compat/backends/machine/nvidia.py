"""NVIDIA cards and their driver, as nvidia-smi tells them."""

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from compat.backends.machine.model import Card, Driver
from compat.core.program import Said

Ask = Callable[[Sequence[str | Path]], Said]

# compute_cap came with driver 510; the fields before it are as old as the option.
_FIELDS = ("name", "memory.total", "memory.free", "driver_version", "compute_cap")
_MIB = 1 << 20
_HEADER = re.compile(r"CUDA Version: (\d+\.\d+)")
# "[N/A]", "[Not Supported]", "[Unknown Error]": nvidia-smi's words for a field without a value.
_NOTHING = re.compile(r"\[.*\]|N/A", re.IGNORECASE)


def nvidia(program: Path, ask: Ask) -> tuple[tuple[Card, ...], Driver]:
    """Every card and the driver; cards are empty and the driver has a problem where it fails."""
    said = _query(program, ask, _FIELDS)
    if "valid field" in said.failure:
        said = _query(program, ask, _FIELDS[:-1])
    # A driver that hangs is asked once.
    runtime = None if said.failure else _HEADER.search(ask([program]).text)
    rows = [] if said.failure else _rows(said.text)
    driver = Driver(
        vendor="nvidia",
        version=rows[0].get("driver_version", "") if rows else "",
        runtime=runtime[1] if runtime else "",
        problem=said.failure or ("" if rows else "nvidia-smi lists no card"),
    )
    return tuple(map(_card, rows)), driver


def _query(program: Path, ask: Ask, fields: Sequence[str]) -> Said:
    return ask([program, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"])


def _rows(text: str) -> list[dict[str, str]]:
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    return [
        {name: "" if _NOTHING.fullmatch(v) else v for name, v in zip(_FIELDS, row, strict=False)}
        for row in rows
        if len(row) >= len(_FIELDS) - 1
    ]


def _card(row: dict[str, str]) -> Card:
    capability = row.get("compute_cap", "").replace(".", "")
    return Card(
        vendor="nvidia",
        name=row["name"],
        memory_bytes=_bytes(row["memory.total"]),
        free_bytes=_bytes(row["memory.free"]),
        capability=f"sm_{capability}" if capability.isdigit() else "",
    )


def _bytes(mib: str) -> int:
    return int(mib) * _MIB if mib.isdigit() else 0
