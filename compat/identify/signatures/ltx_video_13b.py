"""LTX-Video 13B (0.9.7, 0.9.8)."""

from compat.identify.kinds.ltx import ltx_video

SIGNATURE = ltx_video(
    id="ltx-video-13b", variant="13B", width=4096, blocks=48, parameters=13_042_569_344
)
