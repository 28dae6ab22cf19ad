"""Checks the small files beside the weights: configs, vocabularies, merges, templates."""

import json
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from compat.core.model import Finding
from compat.formats.sentencepiece_file import sentencepiece_problem
from compat.formats.sniff import Kind, Sniffed, sniff
from compat.formats.wording import damage, quoted

READ_BY_LOADERS = (".json", ".txt", ".model", ".jinja", ".tiktoken")
NOT_READ = ("readme", "license", "notice", "requirements", "usage_policy")
"""Files for people, by how their name begins; they may be empty or anything."""

LARGEST = 64 << 20
"""The largest tokenizer.json are 33 MB."""

PARSED = 4 << 20
"""Largest JSON file that is parsed to its end."""

AGAIN = "download this file again; the weights can stay"
_WRONG = {
    Kind.LFS_POINTER: ("companion-lfs-pointer", "it is a git-lfs pointer, not the file",
                       "run git lfs pull in the repository, or download the file itself"),
    Kind.HTML: ("companion-html-page", "it is a web page", AGAIN),
    Kind.JSON_ERROR: ("companion-json-error", "it is a server's error message", AGAIN),
    Kind.ZERO_FILLED: ("companion-zero-filled", "it is filled with zeros", AGAIN),
    Kind.XET_POINTER: ("companion-xet-pointer", "it is a xet pointer, not the file",
                       "run git xet checkout in the repository, or download the file itself"),
    Kind.XML_ERROR: ("companion-xml-error", "it is a storage server's error message", AGAIN),
    Kind.EMPTY: ("companion-empty", "it is empty", AGAIN),
}  # fmt: skip


def companion_findings(folder: Path, files: Iterable[Path]) -> Iterator[Finding]:
    """What is wrong with the small files among ``files`` that loaders of ``folder`` read."""
    for file in files:
        if file.suffix.lower() not in READ_BY_LOADERS or file.name.lower().startswith(NOT_READ):
            continue
        if any(part.startswith(".") for part in file.relative_to(folder).parts):
            continue  # what tools keep for themselves
        problem = _problem(file)
        if problem is not None:
            yield problem


def why_unreadable(file: Path, error: Exception) -> str:
    """Why a JSON file cannot be read: what it is instead, where that can be told."""
    try:
        sniffed = sniff(file)
    except OSError:
        return str(error)
    wrong = _WRONG.get(sniffed.kind)
    return wrong[1] if wrong is not None else str(error)


def _problem(file: Path) -> Finding | None:
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        return _content_problem(file, sniff(file))
    except FileNotFoundError:
        return _missing(file)
    except OSError as error:
        return damage(
            "companion-unreadable",
            file,
            f"it could not be read: {error.strerror or error}",
            remedy="check the permissions and the disk",
        )


def _content_problem(file: Path, sniffed: Sniffed) -> Finding | None:
    wrong = _WRONG.get(sniffed.kind)
    if wrong is not None and not (sniffed.kind is Kind.JSON_ERROR and _is_config(file)):
        return _is_no_companion(file, sniffed, *wrong)
    if file.suffix == ".model":
        return _broken_vocabulary(file)
    return _not_json(file) if file.suffix == ".json" else None


def _is_config(file: Path) -> bool:
    # A scheduler's or a tokenizer's config may well have a key called "status" or "code".
    return "config" in file.name or file.name == "special_tokens_map.json"


def _is_no_companion(file: Path, sniffed: Sniffed, rule: str, what: str, remedy: str) -> Finding:
    return damage(
        rule,
        file,
        f"{what}, expected the {file.suffix} file that loaders read: {sniffed.why}",
        remedy=remedy,
        detail="byte 0",
        kind=sniffed.kind.value,
    )


def _missing(file: Path) -> Finding:
    target = file.readlink() if file.is_symlink() else file
    return damage(
        "companion-link-dangling",
        file,
        f"it is a link to {quoted(target)}, which is not there",
        remedy=AGAIN,
        target=quoted(target),
    )


def _broken_vocabulary(file: Path) -> Finding | None:
    problem = sentencepiece_problem(file)
    if not problem:
        return None
    return damage(
        "vocabulary-broken",
        file,
        f"the sentencepiece vocabulary {problem}",
        remedy=AGAIN,
    )


def _not_json(file: Path) -> Finding | None:
    why = _json_problem(file.read_bytes())
    if not why:
        return None
    return damage(
        "companion-not-json",
        file,
        f"it cannot be read as JSON: {why}",
        remedy=AGAIN,
    )


def _json_problem(data: bytes) -> str:
    """Why the bytes are no JSON, empty where they are; of large files only the ends are looked at.

    A vocabulary of 33 MB takes half a second to parse, and one that is cut does not end in a
    bracket.
    """
    text = data.strip()
    if len(data) > PARSED:
        ends = text[:1] + text[-1:]
        return "" if ends in (b"{}", b"[]") else f"it begins and ends with {ends!r}"
    try:
        json.loads(text.decode("utf-8"))
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        return str(error)[:200]
    return ""
