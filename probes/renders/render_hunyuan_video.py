"""HunyuanVideo, loaded in every way there is, rendered and compared."""

from probes.renders.cell import render_probe
from probes.renders.tiny.hunyuan_video import MODEL

render_hunyuan_video = render_probe(MODEL, "HunyuanVideo")
