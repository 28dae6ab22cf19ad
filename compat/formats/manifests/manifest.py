"""The manifest: one line of facts per file, stored as JSON, read back with nothing trusted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from compat.core.errors import UsageError
from compat.core.system import write_atomically
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.manifests.checksum_file import read_checksum_file

SCHEMA = "framegate-manifest/1"
LARGEST = 256 << 20
"""Bytes of a manifest; 100,000 files with their scans stay below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of one file. Sizes in bytes, times in ns; empty texts mean "not looked".

    ``header_sha256`` is over what :func:`compat.formats.manifests.header_digest.header_digest`
    reads. ``deep`` is the record of a scan of the values, of which only its maker knows the form.
    """

    size: int
    mtime_ns: int = 0
    header_sha256: str = ""
    sha256: str = ""
    kind: str = ""
    verdict: str = ""
    deep: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Entries by path below the root, with slashes; ``complete`` unless the run was broken off.

    ``has_sizes`` is False for lists of checksums, which say nothing but names and hashes.
    """

    entries: Mapping[str, Entry]
    complete: bool = True
    has_sizes: bool = True


def read_manifest(file: Path) -> Manifest:
    """Read a manifest of ours or a list of sha256sum; ``UsageError`` for anything else."""
    try:
        content = read_json_object(file, LARGEST)
    except UnreadableJsonError as error:
        hashes = read_checksum_file(file)
        if not hashes:
            raise UsageError(
                f"{file} is neither a manifest nor a list of sha256 sums: {error}",
                "name the file that --manifest wrote, or a new file to write one",
            ) from error
        entries = {name: Entry(size=-1, sha256=sha256) for name, sha256 in hashes.items()}
        return Manifest(entries=entries, has_sizes=False)
    return _from_json(file, content)


def write_manifest(file: Path, manifest: Manifest) -> None:
    """Write ``manifest`` so that no reader sees half of it."""
    document = {
        "schema": SCHEMA,
        "complete": manifest.complete,
        "files": {name: _to_json(manifest.entries[name]) for name in sorted(manifest.entries)},
    }
    write_atomically(file, (json.dumps(document, indent=1) + "\n").encode("utf-8"))


def _to_json(entry: Entry) -> dict[str, object]:
    facts = {
        "size": entry.size,
        "mtime_ns": entry.mtime_ns,
        "header_sha256": entry.header_sha256,
        "sha256": entry.sha256,
        "kind": entry.kind,
        "verdict": entry.verdict,
        "deep": dict(entry.deep),
    }
    return {key: value for key, value in facts.items() if value not in ("", {})}


def _from_json(file: Path, content: Mapping[str, object]) -> Manifest:
    files = content.get("files")
    if content.get("schema") != SCHEMA or not isinstance(files, dict):
        raise UsageError(
            f"{file} is no manifest of the form {SCHEMA}",
            "name the file that --manifest wrote, or a new file to write one",
        )
    entries: dict[str, Entry] = {}
    for name, facts in files.items():
        entry = _entry(facts)
        if entry is None or not is_below(name):
            raise UsageError(f"{file} holds a broken entry for {name[:120]!a}", "write it anew")
        entries[name] = entry
    return Manifest(entries=entries, complete=content.get("complete") is not False)


def _entry(facts: object) -> Entry | None:
    if not isinstance(facts, dict) or type(facts.get("size")) is not int:
        return None
    texts = {key: facts.get(key, "") for key in ("header_sha256", "sha256", "kind", "verdict")}
    mtime, deep = facts.get("mtime_ns", 0), facts.get("deep", {})
    if not all(isinstance(text, str) for text in texts.values()) or type(mtime) is not int:
        return None
    if not isinstance(deep, dict):
        return None
    return replace(Entry(size=facts["size"], mtime_ns=mtime, deep=deep), **texts)


def is_below(name: str) -> bool:
    """Whether a path from a manifest stays below the root it is relative to."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\0" not in name
