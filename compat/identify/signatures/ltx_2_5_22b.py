"""LTX-2.5 22B: the keys of 2.3 without feed-forward biases, often with keyframe positions."""

from compat.identify.kinds.ltx import ltx_2

SIGNATURE = ltx_2(
    id="ltx-2-5-22b",
    variant="2.5 22B",
    generation="2.5",
    parameters=18_987_859_200,
    newer=True,
    bias=False,
    vae=("ltx-2-5-diffusion-vae", "ltx-2-3-vae"),
    vocoder=("ltx-2-3-vocoder",),
    projection=("ltx-2-3-connectors", "ltx-2-3-text-projection"),
)
