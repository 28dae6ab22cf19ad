"""What to say of a name that nobody knows: the one that was meant, or where to look."""

import difflib
from collections.abc import Iterable


def did_you_mean(given: str, known: Iterable[str], otherwise: str) -> str:
    """Name the closest of ``known``; ``otherwise`` where none is close."""
    close = difflib.get_close_matches(given, list(known), n=1)
    return f"did you mean {close[0]}?" if close else otherwise
