"""Holds what an LTX file states in its metadata against the tensors it holds.

ComfyUI and ltx-core build the model from ``__metadata__["config"]``; ltx-pipelines chooses steps
and guidance by ``model_version``. A merge that copied either from another file loads wrongly.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compat.core.model import Finding, Severity
from compat.formats.bounded_json import UnreadableJsonError, parse_json
from compat.formats.model import Header
from compat.formats.wording import damage, quoted
from compat.identify.model import Role, Signature
from compat.identify.view import View

FAMILIES = ("ltx", "ltx2")
LONGEST = 1 << 20
"""Characters of config that are read; published ones have a few thousand."""


def stated_findings(header: Header, known: Signature, view: View) -> Iterator[Finding]:
    """What the metadata of an LTX model says otherwise than its tensors."""
    if known.family not in FAMILIES or known.role is not Role.DIFFUSION_MODEL:
        return  # generations share VAEs and vocoders
    yield from _version(header, known)
    for key, (stated, found) in _sizes(header.metadata, view).items():
        if stated is not None and found is not None and stated != found:
            yield damage(
                "metadata-weights-disagree",
                header.path,
                f"the config in __metadata__ says {key} {stated}, the weights have {found}",
                remedy="take the file from its publisher; loaders build the model from this config",
                severity=Severity.MEDIUM,
                detail=f"__metadata__ config transformer.{key}",
                expected=stated,
                found=found,
            )


def _version(header: Header, known: Signature) -> Iterator[Finding]:
    text = header.metadata.get("model_version", "")
    hit = re.match(r"(\d{1,3}\.\d{1,3})", text)
    if hit is None or not known.generation or hit[1] == known.generation:
        return
    if known.family == "ltx" and hit[1].startswith("0."):
        return  # 0.9.0 to 0.9.8 share one denoiser
    yield damage(
        "version-weights-disagree",
        header.path,
        f"__metadata__ says model_version {quoted(text)}, the weights are those of "
        f"{known.generation}",
        remedy="take the file from its publisher; ltx-pipelines chooses steps by this version",
        severity=Severity.MEDIUM,
        detail="__metadata__ model_version",
    )


def _sizes(metadata: Mapping[str, str], view: View) -> dict[str, tuple[int | None, int | None]]:
    """Each size as stated and as found; None where one of them is silent."""
    config = _transformer(metadata.get("config", ""))
    heads, per_head = _number(config, "num_attention_heads"), _number(config, "attention_head_dim")
    width = heads * per_head if heads and per_head else None
    patch = view.get("patchify_proj.weight")
    flat = patch is None or len(patch.shape) != 2 or "patchify_proj.weight" in view.lost
    return {
        "num_layers": (_number(config, "num_layers"), len(view.blocks("transformer_blocks"))),
        "num_attention_heads x attention_head_dim": (width, None if flat else patch.shape[0]),
        "in_channels": (_number(config, "in_channels"), None if flat else patch.shape[1]),
    }


def _transformer(text: str) -> Mapping[str, Any]:
    if not text or len(text) > LONGEST:
        return {}
    try:
        config = parse_json(text.encode("utf-8", "replace"))
    except UnreadableJsonError:
        return {}
    part = config.get("transformer") if isinstance(config, dict) else None
    return part if isinstance(part, dict) else {}


def _number(config: Mapping[str, Any], key: str) -> int | None:
    value = config.get(key)
    return value if type(value) is int else None
