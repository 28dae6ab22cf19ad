"""Reads the header of any tensor file that framegate knows, in one call."""

from pathlib import Path

from compat.core.errors import CompatError
from compat.formats.gguf_file import read_gguf
from compat.formats.model import Header, Reading, TensorInfo
from compat.formats.pickles.reader import read_pickled
from compat.formats.safetensors_file import read_safetensors
from compat.formats.sniff import Kind, Sniffed, sniff

__all__ = ["Header", "TensorInfo", "read_header", "try_header"]


def read_header(path: Path) -> Header:
    """Return the header of ``path``; ``CompatError`` where it has none that can be read.

    A header whose data is cut or misplaced is returned all the same: it says what the file was
    meant to be. Whether the file is whole is the question of :func:`compat.formats.verify.verify`.
    """
    try:
        reading = try_header(path)
    except OSError as error:
        raise CompatError(f"{path} cannot be read: {error.strerror or error}") from error
    if reading is None:
        raise CompatError(
            f"{path} is no tensor file that is known here", "framegate verify says more"
        )
    if reading.header is None:
        worst = reading.findings[0]
        raise CompatError(f"{path}: {worst.message}", worst.remedy)
    return reading.header


def try_header(path: Path, sniffed: Sniffed | None = None) -> Reading | None:
    """What a reader says of ``path``, None for what is no tensor file; may raise ``OSError``.

    ``sniffed`` saves sniffing twice.
    """
    content = sniffed or sniff(path)
    if content.kind is Kind.GGUF:
        return read_gguf(path)
    if content.kind is Kind.SAFETENSORS:
        return read_safetensors(path)
    return read_pickled(path, content)
