"""AnimateDiff, loaded in every way there is, rendered and compared."""

from probes.renders.cell import render_probe
from probes.renders.tiny.animatediff import MODEL

render_animatediff = render_probe(MODEL, "AnimateDiff")
