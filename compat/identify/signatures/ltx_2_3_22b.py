"""LTX-2.3 22B: prompt modulation and gated attention, text projection outside the blocks."""

from compat.identify.kinds.ltx import ltx_2

SIGNATURE = ltx_2(
    id="ltx-2-3-22b",
    variant="2.3 22B",
    generation="2.3",
    parameters=18_988_838_144,
    newer=True,
    vae=("ltx-2-3-vae",),
    vocoder=("ltx-2-3-vocoder",),
    projection=("ltx-2-3-connectors", "ltx-2-3-text-projection"),
)
