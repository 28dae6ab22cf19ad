"""Splits a file that carries several models into its parts, by what their names begin with."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compat.identify.model import Role
from compat.identify.view import View

MAIN = ""
"""Label of whatever bears no part's prefix: the denoiser of a bundle, or all of a single model."""

_PREFIXES: tuple[tuple[re.Pattern[str], Role], ...] = tuple(
    (re.compile(pattern), role)
    for pattern, role in (
        # LTX-2: what stands between the text encoder and the transformer, partly inside it.
        (r"(?:model\.diffusion_model\.)?(?:video|audio)_embeddings_connector\.",
         Role.TEXT_PROJECTION),
        (r"text_embedding_projection\.", Role.TEXT_PROJECTION),
        (r"model\.diffusion_model\.", Role.DIFFUSION_MODEL),
        (r"audio_vae\.", Role.AUDIO_VAE),
        (r"vocoder\.", Role.VOCODER),
        (r"vae\.|first_stage_model\.", Role.VAE),
        (r"cond_stage_model\.(?:\d{1,2}\.)?", Role.TEXT_ENCODER),
        (r"conditioner\.embedders\.\d{1,2}\.", Role.TEXT_ENCODER),
        (r"text_encoders\.[A-Za-z0-9_-]{1,40}\.", Role.TEXT_ENCODER),
        (r"text_encoder(?:_\d)?\.", Role.TEXT_ENCODER),
        (r"(?:image_encoder|clip_vision)\.", Role.IMAGE_ENCODER),
        (r"control_model\.", Role.CONTROL),
        (r"model_ema\.", Role.UNKNOWN),
    )
)  # fmt: skip
"""Beginnings in ComfyUI's and the publishers' bundles, the first that fits wins.
Sources: ComfyUI supported_models.py (vae_key_prefix, text_encoder_key_prefix, clip prefixes),
ltx-core's SDOps, original Stable Diffusion checkpoints."""

_HEADS = frozenset({
    "model", "video_embeddings_connector", "audio_embeddings_connector",
    "text_embedding_projection", "audio_vae", "vocoder", "vae", "first_stage_model",
    "cond_stage_model", "conditioner", "text_encoders", "text_encoder", "text_encoder_2",
    "text_encoder_3", "image_encoder", "clip_vision", "control_model", "model_ema",
})  # fmt: skip
"""First words of the above: most names have none of them and cost no pattern."""

_DENOISER_BESIDE_PARTS = ("transformer.", "unet.", "diffusion_model.", "model.", "net.")

_ADAPTER = re.compile(
    r"\.lora_[AB]\.|\.lora_(?:down|up)\.|_lora\.(?:down|up)\.|\.lora\.(?:down|up)\."
    r"|\.hada_w|\.lokr_w|\.dora_scale|\.lora_(?:down|up)$|^lora_|\.diff(?:_b)?$"
)
"""What only the names of LoRA and its kin contain: such a file is one model, whatever stands
before its names (diffusers writes ``unet.`` and ``text_encoder.`` into one LoRA)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One model inside a file: the prefix it was found under, the role that promises, its tensors.

    The tensors have lost the prefix, except a text projection's: its pieces stand under several.
    """

    prefix: str
    role: Role
    view: View


def split(view: View) -> list[Part]:
    """The parts of a file, the one without a prefix (or the denoiser's) first; at least one."""
    whole = [Part(prefix=MAIN, role=Role.UNKNOWN, view=view)]
    if is_adapter(view) or next(view.starting(_WIDENED_VOCODER), None) is not None:
        return whole
    groups: dict[tuple[str, Role], dict[str, str]] = {}
    for name in view:
        prefix, role, bare = _placed(name)
        groups.setdefault((prefix, role), {})[name] = bare
    if set(groups) <= {(MAIN, Role.UNKNOWN)}:
        return whole
    parts = [_part(view, prefix, role, names) for (prefix, role), names in groups.items()]
    parts = [part for part in parts if part.role or not _is_loose(part.view)]
    return sorted(parts, key=lambda part: _ORDER.get(part.role, 9)) or whole


_WIDENED_VOCODER = "bwe_generator."
"""LTX-2.3's vocoder alone has names of its own that begin with ``vocoder.``; in a bundle this
generator stands below ``vocoder.`` as well."""

_ORDER = {Role.DIFFUSION_MODEL: 0, Role.UNKNOWN: 1, Role.VAE: 2, Role.TEXT_ENCODER: 3}


def is_adapter(names: Iterable[str]) -> bool:
    """Say whether most of ``names`` are those of a LoRA."""
    every = list(names)
    sample = every[:: max(1, len(every) // _SAMPLE)]
    return sum(bool(_ADAPTER.search(name)) for name in sample) * 2 > len(sample) > 0


_SAMPLE = 200
"""Names asked, spread over the file: a LoRA's are nearly all of one kind."""


def _placed(name: str) -> tuple[str, Role, str]:
    """Prefix, role and bare name; a projection keeps its names and shares one label."""
    if name.partition(".")[0] not in _HEADS:
        return MAIN, Role.UNKNOWN, name
    for pattern, role in _PREFIXES:
        hit = pattern.match(name)
        if hit is None:
            continue
        if role is Role.TEXT_PROJECTION:
            return "text projection", role, name.removeprefix("model.diffusion_model.")
        return hit[0], role, name[hit.end() :]
    return MAIN, Role.UNKNOWN, name


def _part(view: View, prefix: str, role: Role, names: Mapping[str, str]) -> Part:
    bare = names
    if prefix == MAIN:
        bare = {name: _without_denoiser_prefix(name) for name in names}
    tensors = {short: view[name] for name, short in bare.items()}
    lost = frozenset(short for name, short in bare.items() if name in view.lost)
    return Part(prefix=prefix, role=role, view=View(tensors, lost))


def _without_denoiser_prefix(name: str) -> str:
    for prefix in _DENOISER_BESIDE_PARTS:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _is_loose(view: View) -> bool:
    """Say whether these are a checkpoint's loose leaves (betas, sigmas, ema counters), no model."""
    return view.parameters < _SMALLEST_MODEL


_SMALLEST_MODEL = 1_000_000
"""Values; a schedule of 1000 steps has 15 tables, the smallest model listed here 0.05 billion."""
