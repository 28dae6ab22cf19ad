"""Wan's own UMT5-XXL and CLIP, from a Wan2GP checkout, which carries the publisher's classes."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from tools.header_fixtures.build import BF16, F16, computed, entries, on_meta
from tools.header_fixtures.fixture import Fixture

_LIBRARY = "Wan 2.1 (Wan2GP)"


def from_wan2gp(checkout: Path, only: str) -> Iterator[Fixture]:
    """The two encoders as the .pth files of Wan-AI name their tensors."""
    modules = checkout / "models" / "wan" / "modules"
    _package("wan_modules", modules)
    # Tokenizers, attention kernels and GGUF maps are no part of a header.
    _stand_in("wan_modules.tokenizers", "HuggingfaceTokenizer")
    _stand_in(
        "shared.utils.gguf_mapping", "has_standard_gguf_tensor_names", "remap_state_dict_triplet"
    )
    _stand_in("shared.attention", "pay_attention")
    _stand_in("torchvision.transforms")
    if only in "umt5-xxl-wan":
        yield _umt5()
    if only in "clip-vision-h-wan":
        yield _clip()


def _umt5() -> Fixture:
    import torch

    # The module asks for the current CUDA device in a default argument.
    torch.cuda.current_device = lambda: 0
    t5 = importlib.import_module("wan_modules.t5")
    module = on_meta(lambda: t5.umt5_xxl(encoder_only=True, device="meta"))
    return computed(
        "umt5-xxl-wan", "umt5-xxl", entries(module, BF16), of="wan.modules.t5.T5Encoder",
        library=_LIBRARY, config={},
    )  # fmt: skip


def _clip() -> Fixture:
    clip = importlib.import_module("wan_modules.clip")
    module = on_meta(lambda: clip.XLMRobertaCLIP(vision_pre_norm=True))
    return computed(
        "clip-vision-h-wan", "clip-vision-h", entries(module, F16),
        of="wan.modules.clip.XLMRobertaCLIP", library=_LIBRARY, config={},
        note="models_clip_open-clip-xlm-roberta-large-vit-huge-14.pth",
    )  # fmt: skip


def _package(name: str, folder: Path) -> None:
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


def _stand_in(name: str, *attributes: str) -> None:
    path = ""
    for part in name.split("."):
        path = f"{path}.{part}" if path else part
        sys.modules.setdefault(path, ModuleType(path))
    for attribute in attributes:
        setattr(sys.modules[name], attribute, None)
