"""Mochi, loaded in every way there is, rendered and compared."""

from collections.abc import Iterator

from compat.core.model import Finding, Session
from compat.core.probe import probe
from probes.renders.cell import NEEDS, render_cell
from probes.renders.loaders.registry import cells_of
from probes.renders.tiny.mochi import MODEL


@probe(
    "render-mochi", family="renders", needs=NEEDS, model=MODEL.family, cells=cells_of(MODEL.family)
)
def render_mochi(session: Session) -> Iterator[Finding]:
    """Mochi renders the same clip whoever loads it, up to rounding.

    A tiny model of the real classes with random weights is saved, loaded by the cell's loader into
    the cell's dtype and rendered; its latents and frames are held against a float32 render of the
    same weights. A loader that refuses says so and costs a minute; one that drops or misreads a
    tensor without a word costs a night. Load with one whose cell passes. What a pass means and what
    it does not: docs/renders.md.
    """
    yield from render_cell(session, MODEL)
