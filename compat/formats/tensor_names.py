"""Names the tensor names that a program could stumble over: paths, control letters, look-alikes."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.layout import MOST_REPEATS
from compat.formats.wording import damage, quoted

_PATH = re.compile(r"[/\\]|~[/\\]|[A-Za-z]:[/\\]|(?:.*[/\\])?\.\.(?:[/\\]|$)", re.S)
"""Absolute, or climbing out of a folder. A slash inside a name is ordinary (Flax, TensorFlow)."""

_CONTROL = re.compile(
    "[\x01-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
"""Unicode's control and format letters: they move the cursor, turn the line round or are unseen."""

LONGEST_NAME = 1024
"""Letters of a name that are looked at; the longest published names have 150."""

NOT_A_WRITER = (
    "do not unpack it with a program that makes files of tensor names; get the file from "
)
NOT_A_WRITER += "its publisher"


def name_findings(path: Path, kind: str, names: Iterable[str]) -> Iterator[Finding]:
    """At most a few findings about names; ``kind`` is "safetensors" or "gguf"."""
    problems = (problem for name in names if (problem := _problem(path, kind, name)) is not None)
    return islice(problems, MOST_REPEATS)


def _problem(path: Path, kind: str, name: str) -> Finding | None:
    if len(name) > LONGEST_NAME:
        why = f"has {len(name)} letters, more than {LONGEST_NAME}"
        return _found(path, f"{kind}-long-name", name, why, Severity.MEDIUM)
    # Quick looks first: a file can hold 100,000 names, and hardly any of them is odd.
    slashes = "/" in name or "\\" in name
    if name.isprintable() and name not in ("", "..") and not slashes and "__meta" not in name:
        return None
    return _closer(path, kind, name)


def _closer(path: Path, kind: str, name: str) -> Finding | None:
    if _PATH.match(name):
        return _found(path, f"{kind}-path-like-name", name, "is a path out of the folder")
    if "\0" in name:
        why = "holds a zero byte: programs in C read only what stands before it"
        return _found(path, f"{kind}-zero-byte-in-name", name, why)
    if _CONTROL.search(name):
        why = "holds control letters, which change what a terminal or a page shows"
        return _found(path, f"{kind}-control-letter-in-name", name, why, Severity.MEDIUM)
    if not name:
        return _found(path, f"{kind}-empty-name", name, "has no letters", Severity.MEDIUM)
    if name.strip() == "__metadata__":
        why = "looks like the header's own __metadata__ and is a tensor"
        return _found(path, f"{kind}-metadata-look-alike", name, why, Severity.MEDIUM)
    return None


def _found(
    path: Path, rule: str, name: str, why: str, severity: Severity = Severity.HIGH
) -> Finding:
    return damage(
        rule,
        path,
        f"the tensor name {quoted(name)} {why}; expected a name such as 'blocks.0.attn.weight'",
        remedy=NOT_A_WRITER,
        detail=quoted(name),
        severity=severity,
    )
