"""Colours for words on stdout, only where a person looks at a terminal that shows them."""

import os
import sys

_CODES = {"red": "31", "yellow": "33", "green": "32", "dim": "2", "bold": "1"}


def painted(text: str, colour: str) -> str:
    """``text`` in ``colour`` on a terminal, else as it is; https://no-color.org is heeded."""
    if not colour or not shows_colours():
        return text
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"


def shows_colours() -> bool:
    """Whether stdout is a terminal that understands colours, and nobody has asked for none."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return False
    # Older Windows consoles print the codes; the newer terminal says who it is.
    return sys.platform != "win32" or bool(os.environ.keys() & {"WT_SESSION", "ANSICON", "TERM"})
