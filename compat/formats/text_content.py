"""Names the pages, messages and pointers that are saved under a model's name."""

import codecs
import json
import re
from dataclasses import dataclass

from compat.formats.content_marks import Kind

_COMMENT = r"\s*(?:<!--.*?-->\s*)*"
_HTML = re.compile(
    _COMMENT + r"(?:<\?xml[^>]*>" + _COMMENT + r")?"
    r"<(?:!doctype\s+html|html|head|body|script|meta|title|div|style|svg)\b",
    re.I | re.S,
)
_XML = re.compile(r"\s*<\?xml\b|\s*<Error>", re.I)
_XML_CODE = re.compile(r"<Code>([^<]{1,80})</Code>", re.I)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.I)
_ERROR_KEYS = {"error", "errors", "message", "detail", "code", "status"}
_BYTE_ORDER = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
               (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
_LFS_SIZE = re.compile(r"^size (\d{1,19})\s*$", re.M)
_XET_SIZE = re.compile(r"^filesize = (\d{1,19})\s*$", re.M)
_POINTERS = (
    ("version https://git-lfs", Kind.LFS_POINTER, "git-lfs", _LFS_SIZE),
    ("version https://hawser", Kind.LFS_POINTER, "git-lfs", _LFS_SIZE),
    ("# xet version", Kind.XET_POINTER, "xet", _XET_SIZE),
)
"""First words, kind, name, and where the pointer tells the size of what it points to."""


@dataclass(frozen=True, slots=True)
class TextContent:
    """What a text is, and the sentence that says why; ``promised`` is a size that it tells."""

    kind: Kind
    why: str
    promised: int | None = None


def text_content(first: bytes, size: int) -> TextContent | None:
    """Name the text that a file of ``size`` bytes begins with; None where it begins with none."""
    text = _decoded(first)
    if text is None:
        return None
    marked = _pointer(text) or _markup(text)
    if marked is not None:
        return marked
    if text.lstrip()[:1] in ("{", "["):
        return _json(text, whole=size <= len(first))
    return TextContent(Kind.TEXT, f"it begins with the text {text[:80]!a}")


def _decoded(first: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER:
        if first.startswith(mark):
            return first[len(mark) :].decode(encoding, "replace")
    try:
        text = first.decode("utf-8")
    except UnicodeDecodeError as error:
        # A letter may be cut at the end of the block; pages in old encodings hold odd bytes.
        if error.start < len(first) - 4 and not _HTML.match(first.decode("latin-1")):
            return None
        text = first.decode("utf-8", "replace")
    if all(letter.isprintable() or letter in "\r\n\t\f" for letter in text.replace("�", "?")):
        return text
    return text if _HTML.match(text) else None


def _markup(text: str) -> TextContent | None:
    if _HTML.match(text):
        return TextContent(Kind.HTML, _page(text))
    if not _XML.match(text):
        return None
    code = _XML_CODE.search(text)
    says = f" with the code {code[1]!a}" if code else ""
    return TextContent(Kind.XML_ERROR, f"it is a storage server's answer{says}")


def _pointer(text: str) -> TextContent | None:
    found = next((one for one in _POINTERS if text.startswith(one[0])), None)
    if found is None:
        return None
    _, kind, name, pattern = found
    size = pattern.search(text)
    promised = int(size[1]) if size else None
    words = f" for {promised} bytes" if size else ""
    return TextContent(kind, f"it is a {name} pointer{words}, not the file", promised)


def _page(text: str) -> str:
    title = _TITLE.search(text)
    named = f" titled {' '.join(title[1].split())[:80]!a}" if title else ""
    return f"it begins like a web page{named}"


def _json(text: str, *, whole: bool) -> TextContent:
    try:
        value = json.loads(text) if whole else None
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and _ERROR_KEYS & {str(key).lower() for key in value}:
        return TextContent(Kind.JSON_ERROR, f"it is a server's answer: {text[:100]!a}")
    if '"weight_map"' in text:
        return TextContent(Kind.JSON, "it is the index of a sharded model, not one of its shards")
    if '"data_offsets"' in text:
        return TextContent(Kind.JSON, "it is a safetensors header without the 8 bytes before it")
    return TextContent(Kind.JSON, "it holds JSON")
