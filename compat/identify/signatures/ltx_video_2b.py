"""LTX-Video 2B (0.9 to 0.9.8)."""

from compat.identify.kinds.ltx import ltx_video

SIGNATURE = ltx_video(
    id="ltx-video-2b", variant="2B", width=2048, blocks=28, parameters=1_923_385_472
)
