"""The rules of each family: frames, sizes, rates, defaults, and what a pipeline needs.

Defaults are those of the diffusers 0.42 pipelines' ``__call__``. Frame and size rules follow from
the VAE's compression and the transformer's patch; where a publisher states a smallest or only
trained size it is the ``picture``, always at the publisher's resolution and with as few frames as
the family still makes a normal clip of.
"""

from collections.abc import Mapping
from dataclasses import replace

from compat.identify.model import Picture, Traits

TEXT = ("text_encoder", "tokenizer")
CORE = ("transformer", "vae", "scheduler")

RULES: Mapping[str, Traits] = {
    # VAE 8 x 32 x 32, frames 8k+1; two latents per side because LTX-2's decoder pads by reflection.
    "ltx": Traits(
        pipeline="LTXPipeline", space_multiple=32, frame_step=8, frame_offset=1, min_side=64,
        fps=25.0, steps=50, guidance=3.0, picture=None, needs=(*CORE, *TEXT),
    ),
    "ltx2": Traits(
        pipeline="LTX2Pipeline", space_multiple=32, frame_step=8, frame_offset=1, min_side=64,
        fps=24.0, steps=30, guidance=3.0, picture=None,
        needs=(*CORE, *TEXT, "connectors", "audio_vae", "vocoder"),
    ),
    # VAE 4 x 8 x 8 and patch 2: multiples of 16, frames 4k+1; the 5B's VAE has 16: multiples of 32.
    "wan": Traits(
        pipeline="WanPipeline", space_multiple=16, frame_step=4, frame_offset=1, min_side=64,
        fps=16.0, steps=50, guidance=5.0, picture=None, needs=("vae", "scheduler", *TEXT),
    ),
    "hunyuan-video": Traits(
        pipeline="HunyuanVideoPipeline", space_multiple=16, frame_step=4, frame_offset=1,
        min_side=64, fps=24.0, steps=50, guidance=6.0, picture=None,
        needs=(*CORE, *TEXT, "text_encoder_2", "tokenizer_2"),
    ),
    # No temporal compression: any count up to the positional table of the motion module.
    "animatediff": Traits(
        pipeline="AnimateDiffPipeline", space_multiple=8, frame_step=1, frame_offset=0,
        min_side=64, fps=8.0, steps=50, guidance=7.5, picture=None,
        needs=("unet", "vae", "scheduler", "motion_adapter", *TEXT),
    ),
    # 4 x 8 x 8, but the decoder takes latents in pairs and treats the first one apart only where
    # their number is odd: 5 asked frames come back as 8, 13 as 16 (diffusers 0.42.1).
    "cogvideox": Traits(
        pipeline="CogVideoXPipeline", space_multiple=16, frame_step=8, frame_offset=1, min_side=64,
        fps=8.0, steps=50, guidance=6.0, picture=None, needs=(*CORE, *TEXT),
    ),
    # VAE 6 x 8 x 8 and patch 2.
    "mochi": Traits(
        pipeline="MochiPipeline", space_multiple=16, frame_step=6, frame_offset=1, min_side=64,
        fps=30.0, steps=64, guidance=4.5, picture=None, needs=(*CORE, *TEXT),
    ),
}  # fmt: skip
"""Rules of a family as such; ``picture`` is None until the size of the model is known."""


def _picture(width: int, height: int, frames: int, steps: int, guidance: float) -> Picture:
    return Picture(width=width, height=height, frames=frames, steps=steps, guidance=guidance)


_LTX = _picture(704, 480, 25, 30, 3.0)
_LTX2 = _picture(768, 512, 25, 30, 3.0)
_WAN = _picture(832, 480, 33, 30, 5.0)
_SD15 = _picture(512, 512, 16, 25, 7.5)

PICTURES: Mapping[str, Picture] = {
    "ltx-video-2b": _LTX,
    "ltx-video-13b": _LTX,
    "ltx-2-19b": _LTX2,
    "ltx-2-3-22b": _LTX2,
    "ltx-2-5-22b": _LTX2,
    "wan-t2v-1-3b": _WAN,
    "wan-t2v-14b": _WAN,
    "wan-2-2-t2v-a14b": _WAN,
    "wan-i2v-14b": _WAN,
    "wan-2-2-i2v-a14b": _WAN,
    "wan-2-2-ti2v-5b": _picture(1280, 704, 33, 30, 5.0),
    "hunyuan-video": _picture(512, 320, 61, 30, 6.0),
    "hunyuan-video-1-5": _picture(848, 480, 33, 30, 6.0),
    "animatediff-sd15": _SD15,
    "animatediff-v1": _SD15,
    "animatediff-v2": _SD15,
    "animatediff-v3": _SD15,
    "animatediff-sdxl": _picture(1024, 1024, 16, 25, 7.5),
    "cogvideox-2b": _picture(720, 480, 49, 30, 6.0),
    "cogvideox-5b": _picture(720, 480, 49, 30, 6.0),
    "cogvideox-1-5-5b": _picture(1360, 768, 81, 30, 6.0),
    "mochi-1": _picture(848, 480, 19, 40, 4.5),
}
"""Smallest size in distribution, by the id of a known size of model."""

_CHANGES: Mapping[str, Mapping[str, object]] = {
    "wan-2-2-ti2v-5b": {"space_multiple": 32, "fps": 24.0},
    "wan-i2v-14b": {"pipeline": "WanImageToVideoPipeline"},
    "wan-2-2-i2v-a14b": {"pipeline": "WanImageToVideoPipeline"},
    "wan-vace-1-3b": {"pipeline": "WanVACEPipeline"},
    "wan-vace-14b": {"pipeline": "WanVACEPipeline"},
    "hunyuan-video-1-5": {"pipeline": "HunyuanVideo15Pipeline"},
    "cogvideox-1-5-5b": {"fps": 16.0},
}


def traits_of(family: str, identifier: str) -> Traits | None:
    """The rules of model ``identifier``; None for a family without rules (a text encoder).

    An empty ``identifier`` is a size that nobody published: the family's rules, no picture.
    """
    rules = RULES.get(family)
    if rules is None:
        return None
    changes = dict(_CHANGES.get(identifier, {}))
    return replace(rules, picture=PICTURES.get(identifier), **changes)  # type: ignore[arg-type]
