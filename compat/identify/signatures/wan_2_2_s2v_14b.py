"""Wan 2.2 speech-to-video 14B, with an audio encoder of its own."""

from compat.identify.kinds.wan import FACE, LARGE, SPEECH, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-2-2-s2v-14b",
    variant="2.2 S2V 14B",
    size=LARGE,
    channels=16,
    parameters=16_295_755_609,
    diffusers_class="",
    generation="2.2 S2V",
    marks=(Has(f"{SPEECH}encoder.final_linear.weight"),),
    absent=("vace_", FACE),
)
