"""LTX Video, loaded in every way there is, rendered and compared."""

from probes.renders.cell import render_probe
from probes.renders.tiny.ltx import MODEL

render_ltx = render_probe(MODEL, "LTX Video")
