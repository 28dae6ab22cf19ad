"""Wan 2.2 with its two experts, loaded in every way there is, rendered and compared."""

from probes.renders.cell import render_probe
from probes.renders.tiny.wan_2_2 import MODEL

render_wan_2_2 = render_probe(MODEL, "Wan 2.2 with its two experts")
