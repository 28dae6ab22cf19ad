"""Holds files against a manifest: missing, extra, renamed, resized, changed, only touched."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.manifests.manifest import Entry, Manifest
from compat.formats.wording import byte_numbers, damage, quoted

AGAIN = "restore the file, or write the manifest anew with --update-manifest if the change is meant"


def compare(
    root: Path, manifest: Manifest, now: Mapping[str, Entry], asked: Callable[[str], bool]
) -> Iterator[tuple[str, Finding]]:
    """Each difference between ``manifest`` and the files as they are ``now``, by path below root.

    A file that was renamed is told under its new name. Hashes are compared where both sides have
    one. ``asked`` says whether a file that is not there would be one that was asked for.
    """
    lost = [name for name in manifest.entries if name not in now and asked(name)]
    extra = [name for name in now if name not in manifest.entries]
    renamed = _renamed(manifest, lost, now, extra)
    for name in lost:
        if name in renamed:
            yield renamed[name], _moved(root, name, renamed[name])
        else:
            yield name, _missing(root, name, manifest.entries[name])
    for name in extra:
        if name not in renamed.values():
            yield name, _extra(root, name, now[name])
    for name, entry in manifest.entries.items():
        if name in now:
            yield from ((name, finding) for finding in _changes(root / name, entry, now[name]))


def _renamed(
    manifest: Manifest, lost: list[str], now: Mapping[str, Entry], extra: list[str]
) -> dict[str, str]:
    """Old name to new name, where exactly the same content has another name now."""
    found: dict[str, str] = {}
    for old in lost:
        same = (new for new in extra if _is_same(manifest.entries[old], now[new]))
        new = next((name for name in same if name not in found.values()), None)
        if new is not None:
            found[old] = new
    return found


def _is_same(old: Entry, new: Entry) -> bool:
    if old.sha256 and new.sha256:
        return old.sha256 == new.sha256
    return bool(old.header_sha256) and old.header_sha256 == new.header_sha256


def _changes(path: Path, old: Entry, new: Entry) -> Iterator[Finding]:
    if old.size >= 0 and old.size != new.size:
        yield _resized(path, old, new)
    elif old.header_sha256 and old.header_sha256 != new.header_sha256:
        yield _changed(path, "manifest-header-differs", "header or end", old, new)
    elif old.sha256 and new.sha256 and old.sha256 != new.sha256:
        yield _changed(path, "manifest-hash-differs", "content", old, new)
    elif old.size >= 0 and old.mtime_ns != new.mtime_ns:
        yield _touched(path, hashed=bool(old.sha256 and new.sha256))


def _missing(root: Path, name: str, entry: Entry) -> Finding:
    size = f", {entry.size} bytes," if entry.size >= 0 else ""
    return damage(
        "manifest-file-missing",
        root / name,
        f"the manifest names {quoted(name)}{size} and it is not there",
        remedy=AGAIN,
        evidence=byte_numbers(entry.size, 0) if entry.size >= 0 else {},
    )


def _moved(root: Path, name: str, new: str) -> Finding:
    return damage(
        "manifest-file-renamed",
        root / new,
        f"the manifest calls this content {quoted(name)}, and no file has that name now",
        remedy="give it its name back, or write the manifest anew with --update-manifest",
        severity=Severity.MEDIUM,
        old_name=quoted(name),
    )


def _extra(root: Path, name: str, entry: Entry) -> Finding:
    return damage(
        "manifest-file-extra",
        root / name,
        f"{quoted(name)}, {entry.size} bytes, is not in the manifest",
        remedy="write the manifest anew with --update-manifest if the file belongs there",
        severity=Severity.LOW,
        bytes=entry.size,
    )


def _resized(path: Path, old: Entry, new: Entry) -> Finding:
    return damage(
        "manifest-size-differs",
        path,
        f"it has {new.size} bytes, the manifest says {old.size}: {abs(new.size - old.size)} bytes "
        f"too {'many' if new.size > old.size else 'few'}",
        remedy=AGAIN,
        detail=f"byte {min(old.size, new.size)}",
        evidence=byte_numbers(old.size, new.size),
    )


def _changed(path: Path, rule: str, what: str, old: Entry, new: Entry) -> Finding:
    expected = old.header_sha256 if rule == "manifest-header-differs" else old.sha256
    found = new.header_sha256 if rule == "manifest-header-differs" else new.sha256
    return damage(
        rule,
        path,
        f"its {what} is no longer what the manifest was written of (sha256 {found[:16]}..., "
        f"expected {expected[:16]}...), and it still has {new.size} bytes",
        remedy=AGAIN,
        evidence={
            **byte_numbers(max(old.size, new.size), new.size),
            "expected_sha256": expected,
            "found_sha256": found,
        },
    )


def _touched(path: Path, *, hashed: bool) -> Finding:
    known = "its content is the same" if hashed else "size, header and end are the same"
    return damage(
        "manifest-file-touched",
        path,
        f"it was written to since the manifest was made; {known}",
        remedy="nothing" if hashed else "check with --sha256 to be sure of the rest",
        severity=Severity.INFO,
    )
