"""Corrupted GGUF files in gguf-py."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.loaders.damaged import corrupted_gguf, gguf_file, opened_silently, sound_file_refused

_LOADER = "gguf.GGUFReader"


@probe(
    "gguf-refuses-corruption",
    family="loaders",
    needs=Needs(modules=("gguf", "numpy")),
)
def gguf_refuses_corruption(session: Session) -> Iterator[Finding]:
    """The GGUF reader refuses files whose header is wrong.

    gguf-py 0.19 checks neither the alignment of a tensor nor whether two tensors share their bytes,
    so such a file loads and gives wrong weights. Check with ``framegate verify`` before loading.
    """
    import gguf

    whole = gguf_file(Path(session.scratch))
    yield from sound_file_refused(session, _LOADER, gguf.GGUFReader, whole, ".gguf")
    cases = corrupted_gguf(whole)
    yield from opened_silently(session, _LOADER, gguf.GGUFReader, cases, ".gguf")
