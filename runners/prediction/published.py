"""Whole pipelines of published models, for checkpoints that come without a model_index.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from probes.loaders.published_configs import PUBLISHED, Published, published
from runners.engines.pretend.messages import Part, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What stands around the network of a published model; ``vae`` is an id or a class.

    ``texts`` are framegate's ids of its text encoders, ``clip`` the pixels and frames at which the
    publisher shows the model (width, height, frames of one window).
    """

    pipeline: str
    vae: str
    scheduler: Part
    texts: tuple[str, ...]
    clip: tuple[int, int, int]
    core: str = "transformer"
    twice: bool = False
    more: Mapping[str, Part] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)


def _scheduler(kind: str, **config: object) -> Part:
    return Part(library="diffusers", kind=kind, config=config)


_EULER = _scheduler("FlowMatchEulerDiscreteScheduler")
_WAN = _Around(
    pipeline="WanPipeline",
    vae="wan-2-1-vae",
    scheduler=_scheduler(
        "UniPCMultistepScheduler", prediction_type="flow_prediction", use_flow_sigmas=True
    ),
    texts=("umt5-xxl",),
    clip=(1280, 720, 81),
)
_WAN_IMAGE = replace(_WAN, pipeline="WanImageToVideoPipeline", clip=(832, 480, 81))
_LTX2_PARTS = {
    "audio_vae": Part(library="diffusers", kind="AutoencoderKLLTX2Audio"),
    "connectors": Part(library="ltx2", kind="LTX2TextConnectors"),
    "vocoder": Part(library="ltx2", kind="LTX2Vocoder"),
}
_LTX_RATIOS = {"spatial_compression_ratio": 32, "temporal_compression_ratio": 8}
"""In the published config.json; without them the classes count every block as a spatial one."""

_DDIM = _scheduler("DDIMScheduler", beta_schedule="linear", clip_sample=False)

_COG = _Around(
    pipeline="CogVideoXPipeline",
    vae="AutoencoderKLCogVideoX",
    scheduler=_scheduler("CogVideoXDDIMScheduler"),
    texts=("t5-xxl",),
    clip=(720, 480, 49),
)

AROUND: Mapping[str, _Around] = {
    "ltx-video-2b": _Around(
        pipeline="LTXPipeline", vae="ltx-vae-0-9-1", scheduler=_EULER, texts=("t5-xxl",),
        clip=(704, 512, 121),
    ),
    "ltx-video-13b": _Around(
        pipeline="LTXPipeline", vae="ltx-vae-0-9-5", scheduler=_EULER, texts=("t5-xxl",),
        clip=(1216, 704, 121),
    ),
    "ltx-2-19b": _Around(
        pipeline="LTX2Pipeline", vae="ltx-2-vae", scheduler=_EULER, more=_LTX2_PARTS,
        texts=("gemma-3-12b",), clip=(768, 512, 121),
    ),
    "wan-t2v-1-3b": replace(_WAN, clip=(832, 480, 81)),
    "wan-t2v-14b": _WAN,
    "wan-2-2-t2v-a14b": replace(_WAN, twice=True, options={"boundary_ratio": 0.875}),
    "wan-i2v-14b": _WAN_IMAGE,
    "wan-2-2-i2v-a14b": replace(_WAN_IMAGE, twice=True, options={"boundary_ratio": 0.9}),
    "wan-2-2-ti2v-5b": replace(
        _WAN, vae="wan-2-2-vae", clip=(1280, 704, 121), options={"expand_timesteps": True}
    ),
    "hunyuan-video": _Around(
        pipeline="HunyuanVideoPipeline", vae="hunyuan-video-vae", scheduler=_EULER,
        texts=("llava-llama-3-8b", "clip-l"), clip=(960, 544, 61),
    ),
    "cogvideox-2b": _COG,
    "cogvideox-5b": _COG,
    "cogvideox-1-5-5b": replace(_COG, clip=(1360, 768, 81)),
    "cogvideox-5b-i2v": replace(_COG, pipeline="CogVideoXImageToVideoPipeline"),
    "mochi-1": _Around(
        pipeline="MochiPipeline", vae="mochi-vae",
        scheduler=_scheduler("FlowMatchEulerDiscreteScheduler", invert_sigmas=True),
        texts=("t5-xxl",), clip=(848, 480, 85),
    ),
    "animatediff-v2": _Around(
        pipeline="AnimateDiffPipeline", vae="sd-vae", scheduler=_DDIM, core="motion_adapter",
        texts=("clip-l",), clip=(512, 512, 16),
        more={
            "unet": Part(
                library="diffusers", kind="UNet2DConditionModel",
                config={"cross_attention_dim": 768},
            )
        },
    ),
}  # fmt: skip
"""By framegate's id; sources: model_index.json and scheduler_config.json of the publishers'
diffusers repositories, as far as a branch or a size depends on them."""

_SAME_AS: Mapping[str, str] = {
    "animatediff-v1": "animatediff-v2",
    "animatediff-v3": "animatediff-v2",
}


def published_recipe(identifier: str) -> Recipe | None:
    """The pipeline of a model by framegate's id; None where no whole pipeline is known."""
    around = AROUND.get(_SAME_AS.get(identifier, identifier))
    network = next(published((identifier,), "diffusers"), None)
    if around is None or network is None:
        return None
    parts = {around.core: _part(network), "vae": _vae(around.vae), "scheduler": around.scheduler}
    if around.twice:
        parts["transformer_2"] = _part(network)
    texts = zip(("text_encoder", "text_encoder_2"), map(_text, around.texts), strict=False)
    return Recipe(
        pipeline=around.pipeline,
        parts={**parts, **dict(texts), **around.more},
        options=dict(around.options),
    )


def published_clip(identifier: str) -> tuple[int, int, int] | None:
    """(width, height, frames) at which the publisher shows a model; None for an unknown id."""
    around = AROUND.get(_SAME_AS.get(identifier, identifier))
    return around.clip if around else None


def _text(identifier: str) -> Part:
    entry = next(published((identifier,), "transformers"))
    return Part(library="transformers", kind=entry.kind, config=dict(entry.config))


def known_ids() -> tuple[str, ...]:
    """Ids for which :func:`published_recipe` has an answer."""
    return tuple(sorted({*AROUND, *_SAME_AS}))


def _part(entry: Published) -> Part:
    return Part(library="diffusers", kind=entry.kind, config=dict(entry.config))


def vae_of(name: str) -> Part | None:
    """A published autoencoder by framegate's id; None where its config is not known."""
    entry = next((e for e in PUBLISHED if name in e.ids), None)
    if entry is None:
        return None
    ratios = _LTX_RATIOS if name.startswith("ltx") else {}
    return Part(library="diffusers", kind=entry.kind, config={**entry.config, **ratios})


def _vae(name: str) -> Part:
    return vae_of(name) or Part(library="diffusers", kind=name)
