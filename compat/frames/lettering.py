"""Letters on pictures: one font in two sizes, and text that it can show."""

from functools import cache
from textwrap import wrap

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
BODY, HEAD = 14, 20
"""Pixels."""
LINE = 19
"""Pixels from one line of text to the next."""


@cache
def font(size: int = BODY) -> Font:
    """Return pillow's own font in this size, or its fixed small one where FreeType is missing."""
    return ImageFont.load_default(size)


def shown(text: str) -> str:
    """Return the text with what the font lacks replaced: it knows ASCII only."""
    return text.encode("ascii", "replace").decode()


def lines(text: str, width: int) -> list[str]:
    """Wrap a sentence to lines of about ``width`` pixels, the further ones indented."""
    # Letters are half as wide as high on average, with some room for capitals.
    return wrap(shown(text), max(20, int(width / (0.52 * BODY))), subsequent_indent="    ")


def across(text: str, size: int = BODY) -> int:
    """Return how many pixels wide the text is."""
    return round(font(size).getlength(text))
