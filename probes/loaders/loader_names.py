"""What loaders call the models that framegate names, as data.

Sources: diffusers 0.42.1 ``loaders/single_file_utils.py`` (infer_diffusers_model_type), ComfyUI
0.3.64 and 0.10.0 ``comfy/supported_models.py``, ``comfy/model_detection.py`` and ``comfy/sd.py``
(TEModel, VAE), ComfyUI-GGUF 795e451 ``loader.py``, transformers 5.24 ``models/auto``. A name that
is not here has no mapping: it is shown as it is and never taken for agreement.
"""

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderName:
    """One name of a loader: the family it means, and the ids of framegate it can stand for.

    ``ids`` may be shell patterns; without any, the name stands for every id of the family.
    ``where`` are values of the loader's own configuration that must hold too (ComfyUI calls Wan
    1.3B and 14B alike).
    """

    family: str
    ids: tuple[str, ...] = ()
    where: Mapping[str, object] = field(default_factory=dict)


def _name(family: str, *ids: str, **where: object) -> LoaderName:
    return LoaderName(family=family, ids=ids, where=where)


_WAN_T2V_14B = ("wan-t2v-14b", "wan-2-2-t2v-a14b")
_ANY_HUNYUAN = _name("hunyuan-video", "hunyuan-video")

DIFFUSERS: Mapping[str, tuple[LoaderName, ...]] = {
    "ltx-video": (_name("ltx", "ltx-video-2b"),),
    "ltx-video-0.9.1": (_name("ltx", "ltx-video-2b"),),
    "ltx-video-0.9.5": (_name("ltx", "ltx-video-2b"),),
    "ltx-video-0.9.7": (_name("ltx", "ltx-video-13b"),),
    "ltx2-dev": (_name("ltx2", "ltx-2-19b"),),
    "wan-t2v-1.3B": (_name("wan", "wan-t2v-1-3b"),),
    "wan-t2v-14B": (_name("wan", *_WAN_T2V_14B),),
    "wan-i2v-14B": (_name("wan", "wan-i2v-14b"),),
    "wan-animate-14B": (_name("wan", "wan-2-2-animate-14b"),),
    "wan-vace-1.3B": (_name("wan", "wan-vace-1-3b"),),
    "wan-vace-14B": (_name("wan", "wan-vace-14b"),),
    "hunyuan-video": (_ANY_HUNYUAN,),
    "mochi-1-preview": (_name("mochi", "mochi-1"),),
    "animatediff_v1": (_name("animatediff", "animatediff-v1"),),
    "animatediff_v2": (_name("animatediff", "animatediff-v2"),),
    "animatediff_v3": (_name("animatediff", "animatediff-v3"),),
    "animatediff_sdxl_beta": (_name("animatediff", "animatediff-sdxl-beta"),),
    "v1": (_name("stable-diffusion", "sd-1-5"),),
    "inpainting": (_name("stable-diffusion", "sd-1-5-inpaint"),),
    "v2": (_name("stable-diffusion", "sd-2"),),
    "instruct-pix2pix": (_name("stable-diffusion", "sd-1-5-instruct-pix2pix"),),
    "xl_inpaint": (_name("stable-diffusion", "sdxl-inpaint"),),
    "xl_base": (_name("stable-diffusion", "sdxl"),),
    "xl_refiner": (_name("stable-diffusion", "sdxl-refiner"),),
}
"""Model types of diffusers' single-file detection."""

COMFYUI: Mapping[str, tuple[LoaderName, ...]] = {
    "LTXV": (
        _name("ltx", "ltx-video-2b", num_layers=28),
        _name("ltx", "ltx-video-13b", num_layers=48),
    ),
    "LTXAV": (_name("ltx2"),),
    "WAN21_T2V": (
        _name("wan", "wan-t2v-1-3b", dim=1536, in_dim=16),
        _name("wan", *_WAN_T2V_14B, dim=5120, in_dim=16),
        _name("wan", "wan-2-2-i2v-a14b", dim=5120, in_dim=36),
        _name("wan", "wan-2-2-fun-control-a14b", dim=5120, in_dim=52),
    ),
    "WAN21_I2V": (
        _name("wan", "wan-i2v-14b", "wan-flf2v-14b", dim=5120, in_dim=36),
        _name("wan", "wan-fun-inp-1-3b", dim=1536, in_dim=36),
    ),
    "WAN21_FunControl2V": (
        _name("wan", "wan-fun-control-1-3b", dim=1536),
        _name("wan", "wan-fun-control-14b", dim=5120),
    ),
    "WAN21_Camera": (
        _name("wan", "wan-fun-camera-1-3b", dim=1536),
        _name("wan", "wan-fun-camera-14b", dim=5120),
    ),
    "WAN22_Camera": (_name("wan", "wan-2-2-fun-camera-a14b"),),
    "WAN22_S2V": (_name("wan", "wan-2-2-s2v-14b"),),
    "WAN21_HuMo": (_name("wan", "wan-humo-17b"),),
    "WAN22_T2V": (_name("wan", "wan-2-2-ti2v-5b"),),
    "WAN21_Vace": (
        _name("wan", "wan-vace-1-3b", dim=1536),
        _name("wan", "wan-vace-14b", dim=5120),
    ),
    "WAN22_Animate": (_name("wan", "wan-2-2-animate-14b"),),
    "HunyuanVideo": (_name("hunyuan-video", "hunyuan-video", "hunyuan-video-t2v"),),
    "HunyuanVideoI2V": (_name("hunyuan-video", "hunyuan-video-i2v"),),
    "HunyuanVideoSkyreelsI2V": (_name("hunyuan-video", "hunyuan-video-skyreels-i2v"),),
    "HunyuanVideo15": (_name("hunyuan-video", "hunyuan-video-1-5"),),
    "HunyuanVideo15_SR_Distilled": (_name("hunyuan-video", "hunyuan-video-1-5-sr"),),
    "GenmoMochi": (_name("mochi", "mochi-1"),),
    "SD15": (_name("stable-diffusion", "sd-1-5", "sd-1-5-inpaint"),),
    "SD15_instructpix2pix": (_name("stable-diffusion", "sd-1-5-instruct-pix2pix"),),
    "SD20": (_name("stable-diffusion", "sd-2"),),
    "SDXL": (_name("stable-diffusion", "sdxl", "sdxl-inpaint"),),
    "SDXLRefiner": (_name("stable-diffusion", "sdxl-refiner"),),
    "CogVideoX_T2V": (_name("cogvideox"),),
    "CogVideoX_I2V": (_name("cogvideox"),),
}
"""Classes of ``comfy.supported_models``."""

FOREIGN = frozenset({
    # diffusers
    "flux-dev", "flux-schnell", "flux-fill", "flux-depth", "flux-2-dev", "chroma", "sd3",
    "sd35_large", "sd35_medium", "upscale", "playground-v2-5",  "auraflow",
    "lumina2", "sana", "hidream", "z-image-turbo", "cosmos-1.0-t2w-7B", "cosmos-1.0-t2w-14B",
    "cosmos-1.0-v2w-7B", "cosmos-1.0-v2w-14B", "cosmos-2.0-t2i-2B", "cosmos-2.0-t2i-14B",
    "cosmos-2.0-v2w-2B", "cosmos-2.0-v2w-14B",
    # ComfyUI
    "Flux", "FluxInpaint", "FluxSchnell", "Flux2", "Chroma", "ChromaRadiance", "SD3", "AuraFlow",
    "PixArtAlpha", "PixArtSigma", "HunyuanDiT", "HunyuanDiT1", "HunyuanImage21",
    "HunyuanImage21Refiner", "Hunyuan3Dv2", "Hunyuan3Dv2mini", "Hunyuan3Dv2_1", "HiDream",
    "Lumina2", "ZImage", "QwenImage", "Omnigen2", "StableAudio", "ACEStep", "CosmosT2V",
    "CosmosI2V", "CosmosT2IPredict2", "CosmosI2VPredict2", "SV3D_u", "SV3D_p", "SVD_img2vid",
    "Stable_Cascade_B", "Stable_Cascade_C", "Stable_Zero123", "SD_X4Upscaler",
    "Kandinsky5", "Kandinsky5Image", "LotusD",
    # ComfyUI-GGUF
    "flux", "aura", "cosmos", "qwen_image",
})  # fmt: skip
"""Names of models that are none of framegate's: a file it names cannot be one of these."""

COMFYUI_ENCODERS: Mapping[str, tuple[LoaderName, ...]] = {
    # detect_te_model goes by the width of one layer, in which T5-XXL and UMT5-XXL are alike.
    "T5_XXL": (_name("t5", "t5-xxl", "umt5-xxl"),),
    "T5_XXL_OLD": (_name("t5", "t5-11b"),),
    "T5_XL": (_name("t5", "*t5*-xl"),),
    "T5_BASE": (_name("t5", "*t5*-base"),),
    "BYT5_SMALL_GLYPH": (_name("t5", "byt5-small*"),),
    "GEMMA_2_2B": (_name("gemma", "gemma-2-2b"),),
    "GEMMA_3_4B": (_name("gemma", "gemma-3-4b"),),
    "GEMMA_3_12B": (_name("gemma", "gemma-3-12b"),),
    "LLAMA3_8": (_name("llama", "llama-3-8b", "llava-llama-3-8b"),),
    "QWEN25_3B": (_name("qwen", "qwen-2-5-vl-3b"),),
    "QWEN25_7B": (_name("qwen", "qwen-2-5-vl-7b", "qwen-2-7b"),),
    "QWEN3_06B": (_name("qwen", "qwen-3-0-6b"),),
    "QWEN3_2B": (_name("qwen", "qwen-3-1-7b"),),
    "QWEN3_4B": (_name("qwen", "qwen-3-4b"),),
    "QWEN3_8B": (_name("qwen", "qwen-3-8b"),),
    "CLIP_L": (_name("clip", "clip-l*"),),
    "CLIP_G": (_name("clip", "clip-g"),),
    "CLIP_H": (_name("clip", "clip-h"),),
}
"""Members of ``comfy.sd.TEModel``."""

COMFYUI_VAES: Mapping[str, tuple[LoaderName, ...]] = {
    "ldm.lightricks.vae.causal_video_autoencoder.VideoVAE": (_name("ltx"), _name("ltx2")),
    "ldm.wan.vae.WanVAE": (_name("wan"),),
    "ldm.wan.vae2_2.WanVAE": (_name("wan"),),
    "ldm.genmo.vae.model.VideoVAE": (_name("mochi"),),
    "ldm.models.autoencoder.AutoencoderKL": (
        _name("stable-diffusion", latent_channels=4, latent_dim=2),
        _name("flux", latent_channels=16, latent_dim=2),
        _name("hunyuan-video", latent_channels=16, latent_dim=3),
    ),
    "ldm.models.autoencoder.AutoencodingEngine": (
        _name("hunyuan-video", latent_channels=32, latent_dim=3),
        _name("flux", latent_channels=16, latent_dim=2),
    ),
    "taesd.taesd.TAESD": (_name("tiny-vae"),),
    "taesd.taehv.TAEHV": (_name("tiny-vae"),),
}
"""Classes that ``comfy.sd.VAE`` builds, below ``comfy``."""

GGUF_ARCHITECTURES: Mapping[str, tuple[LoaderName, ...]] = {
    "ltxv": (_name("ltx"), _name("ltx2")),
    "wan": (_name("wan"),),
    "hyvid": (_name("hunyuan-video"),),
    "sd1": (_name("stable-diffusion", "sd-*"),),
    "sdxl": (_name("stable-diffusion", "sdxl*"),),
    "t5": (_name("t5"),),
    "t5encoder": (_name("t5"),),
    "llama": (_name("llama"),),
    "qwen2vl": (_name("qwen"),),
}
"""``general.architecture`` words that ComfyUI-GGUF takes."""

TRANSFORMERS: Mapping[str, tuple[LoaderName, ...]] = {
    "t5": (_name("t5", "t5-*", "byt5-*", "pile-t5-*"),),
    "mt5": (_name("t5", "mt5-*"),),
    "umt5": (_name("t5", "umt5-*"),),
    "gemma2": (_name("gemma", "gemma-2-*"),),
    "gemma3": (_name("gemma", "gemma-3-*"),),
    "gemma3_text": (_name("gemma", "gemma-3-*"),),
    "llama": (_name("llama"),),
    "llava": (_name("llama"),),
    "qwen2_5_vl": (_name("qwen", "qwen-2-5-vl-*"),),
    "qwen2": (_name("qwen", "qwen-2-*"),),
    "qwen3": (_name("qwen", "qwen-3-*"),),
    "clip": (_name("clip"),),
    "clip_text_model": (_name("clip", "clip-?", "clip-l-with-vision"),),
    "clip_vision_model": (_name("clip", "clip-vision-*"),),
    "siglip_vision_model": (_name("siglip"),),
}
"""``model_type`` of transformers' configurations."""


def meanings(
    known: Mapping[str, tuple[LoaderName, ...]], said: str, details: Mapping[str, object]
) -> tuple[LoaderName, ...] | None:
    """What ``said`` can mean with these ``details``; None for a name without a mapping.

    An empty tuple is a known name in a configuration that none of framegate's models has.
    """
    names = known.get(said)
    if names is None:
        return None
    return tuple(name for name in names if _holds(name, details))


def _holds(name: LoaderName, details: Mapping[str, object]) -> bool:
    return all(details.get(key) == value for key, value in name.where.items())


def covers(names: Iterable[LoaderName], identifier: str, family: str, *, by_family: bool) -> bool:
    """Whether one of ``names`` stands for this id; ``by_family`` for parts that have no own id."""
    return any(
        any(fnmatch.fnmatchcase(identifier, pattern) for pattern in name.ids)
        if name.ids and not by_family
        else family == name.family
        for name in names
    )
