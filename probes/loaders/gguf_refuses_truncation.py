"""Truncated GGUF files in gguf-py."""

from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.loaders.damaged import gguf_file, opened_silently, sound_file_refused, truncated_gguf

_LOADER = "gguf.GGUFReader"


@probe(
    "gguf-refuses-truncation",
    family="loaders",
    needs=Needs(modules=("gguf", "numpy")),
)
def gguf_refuses_truncation(session: Session) -> Iterator[Finding]:
    """The GGUF reader refuses files that end too early.

    diffusers and ComfyUI read GGUF through gguf-py. It notices by accident, when an array cannot be
    reshaped, so its words do not say that the file is short: download again.
    """
    import gguf

    whole = gguf_file(Path(session.scratch))
    yield from sound_file_refused(session, _LOADER, gguf.GGUFReader, whole, ".gguf")
    cases = truncated_gguf(whole)
    yield from opened_silently(session, _LOADER, gguf.GGUFReader, cases, ".gguf")
