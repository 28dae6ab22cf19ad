"""Finds the hash that a file should have, where something on the disk says it."""

import re
from dataclasses import dataclass
from pathlib import Path

from compat.formats.manifests.checksum_file import read_checksum_file

_SHA256 = re.compile(r"[0-9a-f]{64}")
_POINTER = re.compile(
    r"version https://git-lfs\S*\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\nsize (\d+)"
)
SIDECARS = (".sha256", ".sha256sum", ".lfs", ".pointer")
"""Endings of files beside a model that hold its hash, as a checksum line or a git-lfs pointer."""

SMALL = 4096


@dataclass(frozen=True, slots=True)
class Expected:
    """A hash in hex and the place that states it."""

    sha256: str
    source: str


def expected_hash(path: Path) -> Expected | None:
    """What the download cache, its records or a file beside ``path`` say; None where nothing does.

    In huggingface_hub's cache a large file is kept under its SHA-256 and linked to; beside a plain
    download it leaves ``.cache/huggingface/download/NAME.metadata``, whose second line is the hash.
    """
    return _blob(path) or _download_record(path) or _sidecar(path)


def _blob(path: Path) -> Expected | None:
    real = path.resolve()
    if real.parent.name == "blobs" and _SHA256.fullmatch(real.name):
        return Expected(real.name, "the name of its blob in the download cache")
    return None


def _download_record(path: Path) -> Expected | None:
    for root in list(path.absolute().parents)[:6]:
        place = root / ".cache" / "huggingface" / "download"
        if place.is_dir():
            name = path.absolute().relative_to(root)
            lines = _small_text(place / f"{name}.metadata").splitlines()
            if len(lines) > 1 and _SHA256.fullmatch(lines[1].strip()):
                return Expected(lines[1].strip(), f"{name}.metadata of the download")
            return None
    return None


def _sidecar(path: Path) -> Expected | None:
    for ending in SIDECARS:
        beside = path.with_name(path.name + ending)
        text = _small_text(beside)
        pointer = _POINTER.match(text)
        if pointer is not None:
            return Expected(pointer[1], f"the git-lfs pointer {beside.name}")
        if _SHA256.fullmatch(text.strip().lower()):
            return Expected(text.strip().lower(), beside.name)
        stated = read_checksum_file(beside).get(path.name) if text else None
        if stated:
            return Expected(stated, beside.name)
    return None


def _small_text(path: Path) -> str:
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as handle:
            return handle.read(SMALL).decode("utf-8", "replace")
    except OSError:
        return ""
