"""Puts pictures into the page itself, so that it can be mailed as one file."""

import base64
from pathlib import Path

from reports.wording import for_html

MAX_PICTURE_BYTES = 4 * 2**20
MAX_PAGE_BYTES = 48 * 2**20
"""Of all pictures in one page; browsers get slow with more."""

# The first bytes decide, not the name: a path in the store must not pull other files into a page.
_KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


class Pictures:
    """Hands out figures until the page is full; after that it names the files instead."""

    def __init__(self) -> None:
        """Start with an empty page."""
        self._left = MAX_PAGE_BYTES

    def figure(self, path: Path, caption: str) -> str:
        """Return a figure with the picture inside, or a line that says why it is not there."""
        data = _read(path)
        kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), "")
        if not data:
            return _line(path, caption, "is gone")
        if not kind:
            return _line(path, caption, "is not a picture")
        if len(data) > min(MAX_PICTURE_BYTES, self._left):
            return _line(path, caption, "is too large for this page")
        self._left -= len(data)
        source = f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
        return (
            f'<figure><img src="{source}" alt="{for_html(caption)}" loading="lazy">'
            f"<figcaption>{for_html(caption)}</figcaption></figure>"
        )


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as handle:
            return handle.read(MAX_PICTURE_BYTES + 1)
    except (OSError, ValueError):
        return b""


def _line(path: Path, caption: str, why: str) -> str:
    return f'<p class="soft small">{for_html(caption)}: <code>{for_html(path)}</code> {why}</p>'
