"""HuMo 17B on Wan 2.1: people by text, picture and sound."""

from compat.identify.kinds.wan import FACE, HUMAN, LARGE, wan
from compat.identify.predicates import Has

SIGNATURE = wan(
    id="wan-humo-17b",
    variant="2.1 HuMo 17B",
    size=LARGE,
    channels=36,
    parameters=17_055_925_312,
    diffusers_class="",
    image=None,
    marks=(Has(f"{HUMAN}audio_proj_glob_1.layer.bias"),),
    absent=("vace_", FACE),
)
