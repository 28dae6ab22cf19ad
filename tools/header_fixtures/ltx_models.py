"""LTX-2 in its publisher's layout, whole bundles included, from a checkout of Lightricks/LTX-2."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.header_fixtures.build import BF16, computed, entries, on_meta
from tools.header_fixtures.compact import Entry
from tools.header_fixtures.fixture import Fixture

_COMMON = {
    "num_attention_heads": 32, "audio_num_attention_heads": 32, "audio_attention_head_dim": 64,
    "caption_channels": 3840,
    "dropout": 0.0, "attention_bias": True, "num_vector_embeds": None,
    "activation_fn": "gelu-approximate", "num_embeds_ada_norm": 1000,
    "use_linear_projection": False, "only_cross_attention": False, "cross_attention_norm": True,
    "double_self_attention": False, "upcast_attention": False, "standardization_norm": "rms_norm",
    "norm_elementwise_affine": False, "qk_norm": "rms_norm", "positional_embedding_type": "rope",
    "use_audio_video_cross_attention": True, "share_ff": False, "av_cross_ada_norm": True,
    "use_middle_indices_grid": True, "attention_head_dim": 128,
}  # fmt: skip
_NEWER = {**_COMMON, "apply_gated_attention": True, "cross_attention_adaln": True,
          "caption_proj_before_connector": True}  # fmt: skip
_NEWEST = {**_NEWER, "ff_bias": False, "use_keyframes_abs_pos_embedding": True}
_NO_KEYFRAMES = {**_NEWER, "ff_bias": False}

PUBLISHED: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("ltx-2-19b", "ltx-2-19b", "", _COMMON),
    ("ltx-2-3-22b", "ltx-2-3-22b", "2.3.0", _NEWER),
    ("ltx-2-5-22b", "ltx-2-5-22b", "2.5.0", _NEWEST),
    ("ltx-2-5-22b-no-keyframes", "ltx-2-5-22b", "2.5.0", _NO_KEYFRAMES),
)
"""Fixture, id, model_version in the metadata, transformer configuration."""


def fixtures(checkout: Path, only: str) -> Iterator[Fixture]:
    """Build the transformers whose name contains ``only`` from ltx_core in ``checkout``."""
    sys.path.insert(0, str(checkout / "packages" / "ltx-core" / "src"))
    for name, expect, version, config in PUBLISHED:
        if only in name:
            metadata = {"config": json.dumps({"transformer": dict(config)})}
            if version:
                metadata["model_version"] = version
            yield computed(
                name, expect, _transformer(config), of="ltx_core.model.transformer.LTXModel",
                library=f"ltx-core {_version(checkout)}", config=config, metadata=metadata,
            )  # fmt: skip


def _version(checkout: Path) -> str:
    text = (checkout / "packages" / "ltx-core" / "pyproject.toml").read_text("utf-8")
    return next(line.split('"')[1] for line in text.splitlines() if line.startswith("version"))


def _transformer(config: Mapping[str, Any]) -> dict[str, Entry]:
    from ltx_core.model.transformer.model_configurator import LTXModelConfigurator

    document = {"config": {"transformer": dict(config)}}
    return entries(on_meta(lambda: LTXModelConfigurator.from_metadata(document)), BF16)
