"""Writes the matrix as Markdown and as one HTML page."""

from pathlib import Path

from compat.core.errors import CompatError
from compat.core.system import write_atomically
from reports.matrix.markdown import render_markdown
from reports.matrix.model import Matrix
from reports.matrix.page import render_matrix_page

NAMES = ("MATRIX.md", "matrix.html")


def write_matrix(matrix: Matrix, folder: Path) -> tuple[Path, ...]:
    """Write both files and return their paths; the same evidence gives the same bytes.

    ``CompatError`` where the folder cannot be written.
    """
    texts = (render_markdown(matrix), render_matrix_page(matrix))
    try:
        for name, text in zip(NAMES, texts, strict=True):
            write_atomically(folder / name, text.encode("utf-8"))
    except OSError as error:
        raise CompatError(
            f"the matrix cannot be written to {folder}: {error.strerror}",
            "choose a folder that can be written with --output",
        ) from error
    return tuple(folder / name for name in NAMES)
