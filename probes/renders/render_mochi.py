"""Mochi, loaded in every way there is, rendered and compared."""

from probes.renders.cell import render_probe
from probes.renders.tiny.mochi import MODEL

render_mochi = render_probe(MODEL, "Mochi")
