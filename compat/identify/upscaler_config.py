"""Holds an LTX latent upscaler's config, from which loaders build the model, to its tensors."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from compat.core.model import Finding, Severity
from compat.formats.model import Header
from compat.formats.wording import damage, quoted
from compat.identify.model import Identification, Role

FOLDER = "latent_upscale_models"
"""Where ComfyUI looks for latent upscalers."""

_LONGEST_CONFIG = 1 << 20

_DEFAULTS = {"in_channels": 128, "mid_channels": 512, "num_blocks_per_stage": 4, "dims": 3,
             "spatial_upsample": True, "temporal_upsample": False, "spatial_scale": 2.0,
             "rational_resampler": False}  # fmt: skip
"""What ltx-core takes where the config is silent (LatentUpsamplerConfigurator, ltx-core 1.2.0)."""


def upscaler_findings(header: Header, found: Identification) -> Iterator[Finding]:
    """Say where the config is missing or describes another upscaler than the tensors are."""
    if found.role is not Role.UPSCALER or not found.family.startswith("ltx"):
        return
    config = _config(header.metadata)
    if config is None and header.path.with_name("config.json").is_file():
        return  # a diffusers folder, which keeps it there
    if config is None:
        # A file of diffusers keeps its config beside it and needs none; here one will be missed.
        placed = header.path.parent.name == FOLDER
        yield damage(
            "upscaler-config-missing",
            header.path,
            "its metadata has no config, from which ComfyUI and ltx-core build the model",
            remedy="for ComfyUI and ltx-core take the publisher's file; diffusers needs only the "
            "config.json of its folder",
            severity=Severity.MEDIUM if placed else Severity.INFO,
            detail="__metadata__",
        )
        return
    for key, expected in _built(header).items():
        stated = config.get(key, _DEFAULTS[key])
        if stated != expected:
            yield damage(
                "upscaler-config-mismatch",
                header.path,
                f"its config says {key} {quoted(stated)}, its tensors are those of {expected}",
                remedy="config and tensors are of different upscalers; take the publisher's file",
                detail=key,
                expected=expected,
                found=str(stated)[:80],
            )


def _config(metadata: Mapping[str, str]) -> Mapping[str, Any] | None:
    text = metadata.get("config", "")
    if not 0 < len(text) <= _LONGEST_CONFIG:
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _built(header: Header) -> dict[str, object]:
    """What the config must say for these tensors, as far as they tell."""
    tensors = header.tensors
    width, channels = tensors["initial_conv.weight"].shape[:2]
    plain = tensors.get("upsampler.0.weight")
    in_time = plain is not None and len(plain.shape) == 5
    rational = tensors.get("upsampler.conv.weight")
    found: dict[str, object] = {
        "in_channels": channels,
        "mid_channels": width,
        "temporal_upsample": in_time,
        "spatial_upsample": not in_time,
        "rational_resampler": rational is not None,
    }
    if rational is not None:
        # The convolution gives width x numerator squared channels: 2 for x2, 3 for x1.5.
        found["spatial_scale"] = {4: 2.0, 9: 1.5}.get(rational.shape[0] // width, 0.0)
    return found
