"""VAEs, vocoders and upscalers in their publishers' layout, from checkouts of their code.

The classes are imported from a ComfyUI checkout and from ltx-core of Lightricks/LTX-2, both named
on the command line; nothing of either is copied.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tools.header_fixtures.build import BF16, F16, F32, computed, entries, on_meta
from tools.header_fixtures.compact import Entry
from tools.header_fixtures.fixture import Fixture

Config = Mapping[str, Any]
CONFIGS = Path("models/ltx2/configs")
"""Where Wan2GP keeps the config metadata of the published LTX-2 files."""

_STATISTICS = "per_channel_statistics"

_KL = {"double_z": True, "z_channels": 4, "resolution": 256, "in_channels": 3, "out_ch": 3,
       "ch": 128, "ch_mult": [1, 2, 4, 4], "num_res_blocks": 2, "attn_resolutions": [],
       "dropout": 0.0}  # fmt: skip
_WAN = {"dim_mult": [1, 2, 4, 4], "num_res_blocks": 2, "attn_scales": [],
        "temperal_downsample": [False, True, True], "dropout": 0.0}  # fmt: skip
_HUNYUAN_1_5 = {
    "block_out_channels": [128, 256, 512, 1024, 1024], "in_channels": 3, "out_channels": 3,
    "num_res_blocks": 2, "ffactor_spatial": 16, "ffactor_temporal": 4, "z_channels": 32,
    "downsample_match_channel": True, "upsample_match_channel": True,
}  # fmt: skip
_CONTROL = {
    "image_size": 32, "in_channels": 4, "model_channels": 320, "hint_channels": 3,
    "num_res_blocks": [2, 2, 2, 2], "channel_mult": (1, 2, 4, 4), "num_heads": 8,
    "use_spatial_transformer": True, "transformer_depth": [1, 1, 1, 1, 1, 1, 0, 0],
    "transformer_depth_middle": 1, "context_dim": 768, "legacy": False,
}  # fmt: skip
UPSCALERS: Mapping[str, Config] = {
    "ltx-upscaler-spatial": {},
    "ltx-upscaler-temporal": {"spatial_upsample": False, "temporal_upsample": True},
    "ltx-2-upscaler-spatial-x2": {"mid_channels": 1024, "rational_resampler": True},
    "ltx-2-3-upscaler-spatial-x2": {"mid_channels": 1024},
    "ltx-2-3-upscaler-spatial-x1-5": {"mid_channels": 1024, "rational_resampler": True,
                                      "spatial_scale": 1.5},
}  # fmt: skip
"""Latent upscalers by what differs from the class's defaults.

Tensor counts and sizes agree with the published LTX-2.3 files: 73 tensors and 1 090 125 794 bytes
(x1.5), 72 and 995 743 504 (x2), 72 and 262 MB (temporal)."""

NA_DECODER = {
    "stage_channels": (2048, 1024, 512, 512, 256), "stage_depths": (4, 6, 4, 2, 8),
    "in_channels": 128,
}  # fmt: skip
"""The diffusion decoder, as diffusers' LTX2 diffusion decoder has it by default."""


def from_comfyui(checkout: Path, only: str) -> Iterator[Fixture]:
    """VAEs as ComfyUI builds them."""
    sys.path.insert(0, str(checkout))
    sys.argv = [sys.argv[0], "--cpu"]
    import comfy.options

    comfy.options.enable_args_parsing()
    for name, where, kind, config, dtype in _comfyui_classes():
        if only in name:
            yield _built(name, where, kind, config, dtype)


def _comfyui_classes() -> list[tuple[str, str, str, Config, str]]:
    vae = "comfy.ldm.lightricks.vae.causal_video_autoencoder"
    pair = "comfy.ldm.models.autoencoder"
    video = {**_KL, "z_channels": 16, "conv3d": True, "time_compress": 4}
    return [
        ("ltx-vae-0-9-0", vae, "VideoVAE", {"version": 0}, BF16),
        ("ltx-vae-0-9-1", vae, "VideoVAE", {"version": 1}, BF16),
        ("ltx-vae-0-9-5", vae, "VideoVAE", {"version": 2}, BF16),
        ("wan-2-1-vae", "comfy.ldm.wan.vae", "WanVAE", {**_WAN, "dim": 96, "z_dim": 16}, BF16),
        ("wan-2-2-vae", "comfy.ldm.wan.vae2_2", "WanVAE", {**_WAN, "dim": 160, "z_dim": 48}, F16),
        ("sd-vae", pair, "AutoencoderKL", {"ddconfig": _KL, "embed_dim": 4}, F16),
        ("flux-vae", pair, "AutoencodingEngine",
         _engine("DiagonalGaussianRegularizer", "modules.diffusionmodules.model",
                 {**_KL, "z_channels": 16}), F32),
        ("hunyuan-video-vae", pair, "AutoencoderKL", {"ddconfig": video, "embed_dim": 16}, BF16),
        ("hunyuan-video-1-5-vae", pair, "AutoencodingEngine",
         _engine("EmptyRegularizer", "hunyuan_video.vae_refiner", _HUNYUAN_1_5), F16),
        ("mochi-vae", "comfy.ldm.genmo.vae.model", "VideoVAE", {}, BF16),
        ("controlnet-sd15", "comfy.cldm.cldm", "ControlNet", _CONTROL, F16),
        ("taesd-single-file", "comfy.taesd.taesd", "TAESD", {"latent_channels": 4}, F16),
    ]  # fmt: skip


def _engine(regularizer: str, module: str, config: Config) -> Config:
    target = f"comfy.ldm.{module}"
    return {
        "regularizer_config": {"target": f"comfy.ldm.models.autoencoder.{regularizer}"},
        "encoder_config": {"target": f"{target}.Encoder", "params": config},
        "decoder_config": {"target": f"{target}.Decoder", "params": config},
    }


def _built(name: str, where: str, kind: str, config: Config, dtype: str) -> Fixture:
    import importlib

    module = importlib.import_module(where)
    built = on_meta(lambda: getattr(module, kind)(**config))
    return computed(
        name, name.removesuffix("-single-file"), entries(built, dtype), of=f"{where}.{kind}",
        library="ComfyUI", config=config,
    )  # fmt: skip


def from_ltx_core(checkout: Path, wan2gp: Path | None, only: str) -> Iterator[Fixture]:
    """Parts of LTX-2 as ltx-core builds them, in the configs that Wan2GP keeps of the files."""
    _stand_in("torchaudio")
    sys.path.insert(0, str(checkout / "packages" / "ltx-core" / "src"))
    for name, config in UPSCALERS.items():
        if only in name:
            yield _upscaler(name, config)
    if only in "ltx-2-5-duration-head":
        yield _duration_head()
    if only in "ltx-2-5-diffusion-vae":
        yield _diffusion_decoder()
    for name, file in (("ltx-2", "ltx2_19b_config.json"), ("ltx-2-3", "ltx2_22b_config.json")):
        if wan2gp is not None and only in f"{name}-vae-audio-vocoder":
            yield from _parts(name, json.loads((wan2gp / CONFIGS / file).read_text("utf-8")))


def _stand_in(name: str) -> None:
    # ltx-core imports torchaudio for its spectrograms, which no header needs.
    for module in (name, f"{name}.transforms", f"{name}.functional"):
        sys.modules.setdefault(module, ModuleType(module))


def _upscaler(name: str, config: Config) -> Fixture:
    from ltx_core.model.upsampler.model import LatentUpsampler

    module = on_meta(lambda: LatentUpsampler(**config))
    declared = {"in_channels": 128, "mid_channels": 512, "dims": 3, **config}
    return computed(
        name, name, entries(module), of="ltx_core.LatentUpsampler", library="ltx-core 1.2.0",
        config=config, metadata={"config": json.dumps(declared)},
    )  # fmt: skip


def _duration_head() -> Fixture:
    from ltx_core.duration_head import model_configurator as head

    tensors = entries(_on_meta_of(head.DurationHeadConfigurator, {}))
    return computed(
        "ltx-2-5-duration-head", "ltx-2-5-duration-head",
        {f"duration_head.{name}": entry for name, entry in tensors.items()},
        of="ltx_core.DurationHead", library="ltx-core 1.2.0", config={},
    )  # fmt: skip


def _diffusion_decoder() -> Fixture:
    from ltx_core.model.video_vae.diffusion_video_decoder import (
        DiffusionVideoDecoder,
    )

    module = on_meta(lambda: DiffusionVideoDecoder(**NA_DECODER))
    tensors = _fused({f"decoder.{name}": entry for name, entry in entries(module).items()})
    return computed(
        "ltx-2-5-diffusion-vae-decoder", "ltx-2-5-diffusion-vae", _statistics_once(tensors),
        of="ltx_core.DiffusionVideoDecoder", library="ltx-core 1.2.0", config=NA_DECODER,
        note="files store q, k and v as one tensor, which ltx-core's loader splits",
    )  # fmt: skip


_SHORTER = (("timestep_embedder.linear_1", "mlp.0"), ("timestep_embedder.linear_2", "mlp.2"))
"""ltx-core's DIFFUSION_VAE_DECODER_COMFY_KEYS_FILTER, read backwards."""


def _fused(tensors: Mapping[str, Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for name, (dtype, shape) in tensors.items():
        if ".to_q." in name:
            found[name.replace(".qkv.to_q.", ".qkv.")] = (dtype, (3 * shape[0], *shape[1:]))
        elif ".to_k." not in name and ".to_v." not in name:
            for long, short in _SHORTER:
                name = name.replace(long, short)  # noqa: PLW2901
            found[name] = (dtype, shape)
    return found


def _statistics_once(tensors: Mapping[str, Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for name, entry in tensors.items():
        _, marked, rest = name.partition(f".{_STATISTICS}")
        found[_STATISTICS + rest if marked else name] = entry
    return found


def _parts(name: str, config: Config) -> Iterator[Fixture]:
    from ltx_core.model.audio_vae import model_configurator as audio
    from ltx_core.model.video_vae import model_configurator as video

    def halves(encoder: Any, decoder: Any) -> dict[str, Entry]:
        both = {f"encoder.{key}": entry for key, entry in _entries(encoder).items()}
        both |= {f"decoder.{key}": entry for key, entry in _entries(decoder).items()}
        return _statistics_once(both)

    def _entries(configurator: Any) -> dict[str, Entry]:
        return entries(_on_meta_of(configurator, config))

    def fixture(part: str, expect: str, tensors: dict[str, Entry]) -> Fixture:
        return computed(
            f"{name}-{part}", expect, tensors, of=f"ltx_core {part}", library="ltx-core 1.2.0",
            config={}, metadata={"config": json.dumps(config)},
            note="config as in the metadata of the published file",
        )  # fmt: skip

    yield fixture(
        "vae", f"{name}-vae", halves(video.VideoEncoderConfigurator, video.VideoDecoderConfigurator)
    )
    yield fixture(
        "audio-vae", "ltx-2-audio-vae",
        halves(audio.AudioEncoderConfigurator, audio.AudioDecoderConfigurator),
    )  # fmt: skip
    yield fixture("vocoder", f"{name}-vocoder", _entries(audio.VocoderConfigurator))


def _on_meta_of(configurator: Any, config: Config) -> Any:
    build: Callable[[], Any] = lambda: configurator.from_metadata({"config": config})  # noqa: E731
    return on_meta(build)
