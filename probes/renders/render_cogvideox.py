"""CogVideoX, loaded in every way there is, rendered and compared."""

from probes.renders.cell import render_probe
from probes.renders.tiny.cogvideox import MODEL

render_cogvideox = render_probe(MODEL, "CogVideoX")
