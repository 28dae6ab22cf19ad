"""Says what it means that a file ends before or behind its last tensor, by what stands there."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.wording import byte_numbers, damage

_SEEN = 1 << 16
"""Bytes looked at on either side; error pages and messages are shorter."""

_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]|<\?xml\s", re.I)
_PAGE_END = re.compile(rb"</(?:html|error|body)>\s*\Z", re.I)

RESUME = "download again or resume the download; the file is truncated"
COMPARE = "compare size and hash with the publisher's"


def end_finding(
    path: Path, kind: str, data_end: int, file_size: int, padding: Severity = Severity.HIGH
) -> Finding:
    """The one finding about a file whose last tensor does not end where the file does.

    ``padding`` is how bad it is that nothing of note follows the last tensor: the safetensors
    format forbids it, gguf readers do not care. May raise ``OSError``.
    """
    page = page_finding(path, kind, data_end, file_size, padding)
    if page is not None:
        return page
    if file_size < data_end:
        return cut_in_data(path, kind, data_end, file_size)
    follows = _follower(path, data_end, file_size)
    if follows in ("safetensors", "gguf"):
        return _joined(path, kind, data_end, file_size, follows, padding)
    return trailing_bytes(path, kind, data_end, file_size, padding, follows)


def page_finding(
    path: Path, kind: str, data_end: int, file_size: int, padding: Severity = Severity.HIGH
) -> Finding | None:
    """The finding about an error page at the end of a file that should end at ``data_end``."""
    page = _page(path, file_size)
    return None if page is None else _ends_in_page(path, kind, data_end, page, padding)


@dataclass(frozen=True, slots=True)
class _Page:
    start: int
    end: int
    what: str


def _page(path: Path, file_size: int) -> _Page | None:
    """The web page or error message that the file ends in, as a broken download leaves it."""
    start = max(0, file_size - _SEEN)
    with path.open("rb") as handle:
        handle.seek(start)
        tail = handle.read(_SEEN)
    found = None
    if _PAGE_END.search(tail[-512:]):
        found = next(_PAGE.finditer(tail), None)
    if found is not None:
        return _Page(start + found.start(), file_size, "a web page")
    at = tail.rfind(b'{"error"')
    if at >= 0 and _is_json(tail[at:]):
        return _Page(start + at, file_size, "a server's error message")
    return None


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _ends_in_page(path: Path, kind: str, data_end: int, page: _Page, padding: Severity) -> Finding:
    missing = data_end - page.start
    if missing > 0:
        says, padding = f"the download broke off there, {missing} bytes of weights", Severity.HIGH
    else:
        says = "it was added behind the weights, 0 bytes of them"
    return damage(
        f"{kind}-ends-in-a-page",
        path,
        f"the last {page.end - page.start} bytes are {page.what}, from byte {page.start} on: "
        f"{says} up to byte {data_end} are missing",
        remedy=f"download again, or cut the file to {page.start} bytes and resume",
        detail=f"byte {page.start}",
        severity=max(padding, Severity.MEDIUM, key=lambda severity: severity.rank),
        evidence=byte_numbers(data_end, page.start),
        page_bytes=page.end - page.start,
    )


def cut_in_data(path: Path, kind: str, data_end: int, file_size: int) -> Finding:
    """The file ends before its last tensor does."""
    share = 100 * file_size / data_end
    return damage(
        f"{kind}-cut-in-data",
        path,
        f"the file ends at byte {file_size}, its last tensor ends at byte {data_end}: "
        f"{data_end - file_size} bytes are missing ({share:.1f} % is there)",
        remedy=RESUME,
        detail=f"byte {file_size}",
        evidence=byte_numbers(data_end, file_size),
    )


def trailing_bytes(
    path: Path, kind: str, data_end: int, file_size: int, severity: Severity, follows: str
) -> Finding:
    """The file goes on after its last tensor: padded, or something was added; not truncated."""
    return damage(
        f"{kind}-trailing-bytes",
        path,
        f"the last tensor ends at byte {data_end}, the file at byte {file_size}: "
        f"{file_size - data_end} bytes too many, {follows} (the file is not truncated)",
        remedy=f"{COMPARE}; if the tensors are right, cut the file to {data_end} bytes",
        detail=f"byte {data_end}",
        severity=severity,
        evidence=byte_numbers(data_end, file_size),
    )


def _joined(
    path: Path, kind: str, data_end: int, file_size: int, follows: str, padding: Severity
) -> Finding:
    return damage(
        f"{kind}-files-joined",
        path,
        f"a second {follows} file begins at byte {data_end}, where the first one ends: two files "
        f"were joined, readers see the tensors of the first at most ({file_size - data_end} bytes "
        "too many, the file is not truncated)",
        remedy=f"cut the file in two at byte {data_end}; shards are loaded with their index",
        detail=f"byte {data_end}",
        severity=max(padding, Severity.MEDIUM, key=lambda severity: severity.rank),
        evidence=byte_numbers(data_end, file_size),
    )


def _follower(path: Path, data_end: int, file_size: int) -> str:
    with path.open("rb") as handle:
        handle.seek(data_end)
        first = handle.read(_SEEN)
    if first.startswith(b"GGUF"):
        return "gguf"
    length = int.from_bytes(first[:8], "little")
    if first[8:10] in (b'{"', b"{}") and 8 + length <= file_size - data_end:
        return "safetensors"
    if not any(first):
        return "zeros as far as was looked"
    return f"beginning with {first[:8].hex(' ')}"
