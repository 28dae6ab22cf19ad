"""One header fixture: what a file of a published model declares, and where we know it from."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.header_fixtures.compact import Entry, collapse, expand

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "identify" / "headers"

COMPUTED, INFERRED = "computed", "inferred"
"""COMPUTED: a real class, in its published configuration, built on torch's meta device. INFERRED:
names or shapes are known from a loader or converter only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """A header by name; ``expect`` is the id that identify must give it, "unknown" included.

    ``origin`` holds kind, class, library, config and whatever else says where it comes from.
    """

    name: str
    expect: str
    tensors: Mapping[str, Entry]
    origin: Mapping[str, Any]
    format: str = "safetensors"
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        """Number of values in all tensors."""
        return sum(math.prod(shape) for _, shape in self.tensors.values())


def write_fixture(fixture: Fixture, folder: Path = FOLDER) -> Path:
    """Write ``fixture`` with one line per pattern and return its path."""
    document: dict[str, Any] = {
        "expect": fixture.expect,
        "format": fixture.format,
        "origin": dict(fixture.origin),
        "metadata": dict(fixture.metadata),
        "parameters": fixture.parameters,
        "tensors": len(fixture.tensors),
    }
    head = json.dumps(document, indent=1, sort_keys=True)[:-2]
    blocks = [
        f"  {json.dumps(dtype)}: {{\n{_lines(patterns)}\n  }}"
        for dtype, patterns in sorted(collapse(fixture.tensors).items())
    ]
    path = folder / f"{fixture.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{head},\n "names": {{\n' + ",\n".join(blocks) + "\n }\n}\n", "utf-8")
    if read_fixture(path).tensors != dict(sorted(fixture.tensors.items())):
        raise ValueError(f"{fixture.name} does not read back as it was written")
    return path


def _lines(patterns: Mapping[str, list[int]]) -> str:
    return ",\n".join(
        f"   {json.dumps(pattern)}: {json.dumps(shape)}"
        for pattern, shape in sorted(patterns.items())
    )


def read_fixture(path: Path) -> Fixture:
    """Read one fixture back."""
    document = json.loads(path.read_text("utf-8"))
    fixture = Fixture(
        name=path.stem,
        expect=document["expect"],
        format=document["format"],
        origin=document["origin"],
        metadata=document["metadata"],
        tensors=expand(document["names"]),
    )
    found = (fixture.parameters, len(fixture.tensors))
    if found != (document["parameters"], document["tensors"]):
        raise ValueError(f"{path.name} holds {found} parameters and tensors, not what it says")
    return fixture


def read_fixtures(folder: Path = FOLDER) -> dict[str, Fixture]:
    """Every fixture of ``folder`` by name."""
    return {path.stem: read_fixture(path) for path in sorted(folder.glob("*.json"))}
