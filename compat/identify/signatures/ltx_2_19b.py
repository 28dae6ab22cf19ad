"""LTX-2 19B: video and audio in one transformer, Gemma captions projected inside."""

from compat.identify.kinds.ltx import ltx_2

SIGNATURE = ltx_2(
    id="ltx-2-19b",
    variant="2.0 19B",
    generation="2.0",
    parameters=18_876_174_592,
    newer=False,
    vae=("ltx-2-vae",),
    vocoder=("ltx-2-vocoder",),
    projection=("ltx-2-connectors", "ltx-2-text-projection"),
)
