"""LTX-2, loaded in every way there is, rendered and compared."""

from probes.renders.cell import render_probe
from probes.renders.tiny.ltx_2 import MODEL

render_ltx_2 = render_probe(MODEL, "LTX-2")
