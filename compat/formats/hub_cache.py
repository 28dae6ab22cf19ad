"""Checks a repository folder of the Hugging Face download cache: links, blobs, revisions."""

import os
from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.layout import MOST_REPEATS
from compat.formats.wording import damage, quoted

FETCH = "download the model again with the same tool: it fetches only what is missing"


def is_hub_repository(folder: Path) -> bool:
    """Whether ``folder`` is laid out as huggingface_hub keeps a repository: blobs and snapshots."""
    return folder.name.startswith("models--") and (
        (folder / "snapshots").is_dir() or (folder / "blobs").is_dir()
    )


def snapshots(folder: Path) -> list[Path]:
    """The revisions that are there, in name order."""
    place = folder / "snapshots"
    return sorted(child for child in place.iterdir() if child.is_dir()) if place.is_dir() else []


def hub_findings(folder: Path) -> Iterator[Finding]:
    """Downloads that broke off, links without a blob, revisions that are named and not there."""
    yield from _unfinished(folder)
    found = snapshots(folder)
    if not found:
        yield damage(
            "hub-snapshot-missing",
            folder,
            "the download cache holds this model's blobs and no snapshot of it, so no file of the "
            "model has a name",
            remedy=FETCH,
        )
    yield from _refs(folder, {snapshot.name for snapshot in found})
    for snapshot in found:
        yield from _dangling(snapshot)


def _unfinished(folder: Path) -> Iterator[Finding]:
    blobs = folder / "blobs"
    names = sorted(blobs.glob("*.incomplete")) if blobs.is_dir() else []
    for blob in names[:MOST_REPEATS]:
        size = blob.stat().st_size
        yield damage(
            "partial-download-left",
            blob,
            f"an unfinished download of {size} bytes lies among the blobs",
            remedy=FETCH,
            severity=Severity.LOW,
            found_bytes=size,
        )


def _refs(folder: Path, there: set[str]) -> Iterator[Finding]:
    place = folder / "refs"
    for ref in sorted(place.rglob("*")) if place.is_dir() else []:
        if not ref.is_file() or ref.stat().st_size > 100:
            continue
        revision = ref.read_text("ascii", "replace").strip()
        if there and revision not in there:
            yield damage(
                "hub-revision-missing",
                ref,
                f"revision {quoted(ref.name)} is {quoted(revision)}, of which there is no snapshot",
                remedy=FETCH,
                severity=Severity.MEDIUM,
                revision=quoted(revision),
            )


def _dangling(snapshot: Path) -> Iterator[Finding]:
    missing = [file for file in _links(snapshot) if not file.exists()]
    for file in missing[:MOST_REPEATS]:
        blob = file.readlink().name
        partial = (snapshot.parents[1] / "blobs" / f"{blob}.incomplete").exists()
        state = "only begun" if partial else "not there"
        yield damage(
            "hub-blob-missing",
            file,
            f"the cache names this file and its blob {quoted(blob)} is {state}",
            remedy=FETCH,
            detail=quoted(blob),
            blob=quoted(blob),
        )


def _links(snapshot: Path) -> Iterator[Path]:
    for root, _folders, names in os.walk(snapshot):
        for name in sorted(names):
            path = Path(root) / name
            if path.is_symlink():
                yield path
