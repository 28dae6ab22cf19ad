"""LTX-Video and LTX-2 denoisers, by size and generation."""

from compat.identify.kinds.video_placement import diffusers_only, unet_loader
from compat.identify.model import Dim, Layout, Need, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, either, side

_T5 = Need(role=Role.TEXT_ENCODER, ids=("t5-xxl",))
_GEMMA_3 = Need(role=Role.TEXT_ENCODER, ids=("gemma-3-12b",), note="LTX-2 and 2.3 take Gemma 3 12B")
_GEMMA_4 = Need(
    role=Role.TEXT_ENCODER,
    ids=("gemma-4-12b-ltx", "gemma-4-12b"),
    note="LTX-2.5 takes Lightricks' own fine-tune with its projection, not a stock Gemma",
)
_SOURCE = (
    "ComfyUI model_detection.py; ltx-core LTXModel; diffusers LTXVideoTransformer3DModel and "
    "LTX2VideoTransformer3DModel"
)
_BUNDLE = "published files also carry the VAE: those go to checkpoints, CheckpointLoaderSimple"


def ltx_video(
    *,
    id: str,
    variant: str,
    width: int,
    blocks: int,
    parameters: int,
) -> Signature:
    """A signature for one size of LTX-Video (0.9 to 0.9.8), which has no audio."""
    return Signature(
        id=id,
        family="ltx",
        variant=variant,
        generation="0.9",
        role=Role.DIFFUSION_MODEL,
        marks=(
            Has("patchify_proj.weight"),
            Has("adaln_single.linear.weight"),
            Has("caption_projection.linear_1.weight"),
            HasNo("audio_"),
            _width("patchify_proj", width),
        ),
        form=_video_form(width, blocks, "patchify_proj.weight"),
        source=_SOURCE,
        parameters=parameters,
        dims=_dims("patchify_proj"),
        needs=(_T5, Need(role=Role.VAE, ids=("ltx-vae-0-9-0", "ltx-vae-0-9-1", "ltx-vae-0-9-5"))),
        placement=unet_loader("LTXPipeline", _BUNDLE),
        layouts=(
            Layout(
                name="diffusers",
                marks=(
                    Has("proj_in.weight"),
                    Has("time_embed.linear.weight"),
                    Has("caption_projection.linear_1.weight"),
                    HasNo("audio_"),
                    _width("proj_in", width),
                ),
                form=_video_form(width, blocks, "proj_in.weight"),
                dims=_dims("proj_in"),
                placement=diffusers_only("LTXPipeline"),
            ),
        ),
    )


def _width(stem: str, width: int) -> Predicate:
    return either(side(f"{stem}.weight", 0, width), side(f"{stem}.bias", 0, width))


def _video_form(width: int, blocks: int, patch: str) -> tuple[Predicate, ...]:
    return (
        side(patch, 1, 128),
        side("caption_projection.linear_1.weight", 1, 4096),
        Blocks("transformer_blocks", blocks, alike=True),
        side("scale_shift_table", -1, width),
    )


def _dims(stem: str) -> tuple[Dim, ...]:
    return (
        Dim(key="width", name=f"{stem}.weight", axis=0),
        Dim(key="text-width", name="caption_projection.linear_1.weight", axis=1),
        Dim(key="latent-channels", name=f"{stem}.weight", axis=1),
    )


def ltx_2(
    *,
    id: str,
    variant: str,
    generation: str,
    parameters: int,
    newer: bool,
    bias: bool = True,
    vae: tuple[str, ...],
    vocoder: tuple[str, ...],
    projection: tuple[str, ...],
) -> Signature:
    """A signature for one generation of LTX-2, video and audio in one transformer of 48 blocks.

    ``newer`` has gated attention and prompt modulation (2.3 on), nine rows of modulation instead of
    six, and its caption projection outside. ``bias`` tells 2.3 from 2.5, whose feed-forward of the
    video branch has none (ltx-core's ff_bias).
    """
    gemma = _GEMMA_4 if generation == "2.5" else _GEMMA_3
    return Signature(
        id=id,
        family="ltx2",
        variant=variant,
        generation=generation,
        role=Role.DIFFUSION_MODEL,
        marks=(
            Has("patchify_proj.weight"),
            Has("audio_adaln_single.linear.weight"),
            *_generation("adaln_single", newer=newer, bias=bias),
        ),
        form=_av_form("audio_patchify_proj", "av_ca_a2v_gate_adaln_single", newer=newer),
        source=_SOURCE,
        parameters=parameters,
        dims=_dims("patchify_proj"),
        needs=(
            gemma,
            Need(role=Role.VAE, ids=vae),
            Need(role=Role.AUDIO_VAE, ids=("ltx-2-audio-vae",)),
            Need(role=Role.VOCODER, ids=vocoder),
            Need(role=Role.TEXT_PROJECTION, ids=projection),
        ),
        placement=unet_loader("LTX2Pipeline", _BUNDLE if generation != "2.5" else ""),
        layouts=(
            Layout(
                name="diffusers",
                marks=(
                    Has("proj_in.weight"),
                    Has("audio_time_embed.linear.weight"),
                    *_generation("time_embed", newer=newer, bias=bias),
                ),
                form=_av_form("audio_proj_in", "av_cross_attn_video_a2v_gate", newer=newer),
                dims=_dims("proj_in"),
                placement=diffusers_only("LTX2Pipeline"),
            ),
        ),
    )


_GATE = "transformer_blocks.0.attn1.to_gate_logits.bias"
_ROWS = {False: 24576, True: 36864}
"""Modulation rows: six or nine times the width of 4096."""


def _generation(modulation: str, *, newer: bool, bias: bool) -> tuple[Predicate, ...]:
    rows = _ROWS[newer]
    marks: list[Predicate] = [
        either(
            side(f"{modulation}.linear.weight", 0, rows), side(f"{modulation}.linear.bias", 0, rows)
        ),
        HasNo("caption_projection.") if newer else Has("caption_projection.linear_1.weight"),
    ]
    if newer:
        # Another block is asked as well, so that a lost first block does not change the generation.
        biases = tuple(f"transformer_blocks.{n}.ff.net.2.bias" for n in (0, 1))
        marks.append(either(*map(Has, biases)) if bias else HasNo(biases))
    return tuple(marks)


def _av_form(audio: str, gate: str, *, newer: bool) -> tuple[Predicate, ...]:
    form: list[Predicate] = [
        side(f"{audio}.weight", 1, 128),
        side("scale_shift_table", -1, 4096),
        Blocks("transformer_blocks", 48, alike=True),
        Has(f"{gate}.linear.bias"),
    ]
    if newer:
        form.append(Has(_GATE))
    else:
        form.append(side("caption_projection.linear_1.weight", 1, 3840))
    return tuple(form)
