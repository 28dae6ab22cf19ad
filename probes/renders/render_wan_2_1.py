"""Wan 2.1, loaded in every way there is, rendered and compared."""

from probes.renders.cell import render_probe
from probes.renders.tiny.wan_2_1 import MODEL

render_wan_2_1 = render_probe(MODEL, "Wan 2.1")
