"""The published layout of every family, by the name a cell's model has."""

from probes.renders.original_layout import (
    animatediff,
    cogvideox,
    hunyuan_video,
    ltx,
    ltx_2,
    mochi,
    wan,
)
from probes.renders.original_layout.layout import Layout

LAYOUTS: dict[str, Layout] = {
    "ltx": ltx.LAYOUT,
    "ltx-2": ltx_2.LAYOUT,
    "wan-2.1": wan.WAN_2_1,
    "wan-2.2": wan.WAN_2_2,
    "hunyuan-video": hunyuan_video.LAYOUT,
    "mochi": mochi.LAYOUT,
    "cogvideox": cogvideox.LAYOUT,
    "animatediff": animatediff.LAYOUT,
}
