"""torch on NVIDIA cards, and on AMD cards, whose ROCm build answers to the same calls."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compat.backends.backend import first_line, import_framework
from compat.core.model import Device


class TorchCuda:
    """Cards that torch calls ``cuda``; their kind is ``rocm`` in a ROCm build of torch."""

    id = "torch-cuda"

    def available(self) -> str:
        """Empty where at least one card can be used."""
        torch, reason = import_framework("torch")
        return reason if torch is None else _why_not(torch)

    def devices(self) -> tuple[Device, ...]:
        """One device per visible card; ``capability`` is sm_XY, or the gfx name under ROCm."""
        torch, reason = import_framework("torch")
        if torch is None or (reason := _why_not(torch)):
            return (Device(kind="cuda", unavailable=reason),)
        kind = "rocm" if torch.version.hip else "cuda"
        return tuple(_card(torch, kind, index) for index in range(torch.cuda.device_count()))

    def versions(self) -> Mapping[str, str]:
        """CUDA or ROCm runtime, cuDNN or MIOpen, and the kernel driver where it can be read."""
        torch, _ = import_framework("torch")
        if torch is None or _why_not(torch):
            return {}
        cudnn = torch.backends.cudnn.version()
        found = {
            "cuda": torch.version.cuda,
            "rocm": torch.version.hip,
            "cudnn": _cudnn_version(cudnn) if cudnn and torch.version.cuda else None,
            "nvidia-driver": _nvidia_driver(Path("/proc/driver/nvidia/version")),
        }
        return {name: str(version) for name, version in found.items() if version}


def _why_not(torch: Any) -> str:
    if torch.version.cuda is None and torch.version.hip is None:
        return f"torch {torch.__version__} is a build without CUDA and ROCm"
    try:
        # Unlike is_available(), this says why: no driver, or one too old for this build.
        torch.cuda.init()
    except (RuntimeError, AssertionError) as exc:
        return f"torch {torch.__version__} finds no usable card: {first_line(exc)}"
    if torch.cuda.device_count() == 0:
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        hint = "" if visible is None else f" (CUDA_VISIBLE_DEVICES is {visible!r})"
        return f"torch {torch.__version__} sees no card{hint}"
    return ""


def _card(torch: Any, kind: str, index: int) -> Device:
    facts = torch.cuda.get_device_properties(index)
    name = facts.gcnArchName if kind == "rocm" else f"sm_{facts.major}{facts.minor}"
    return Device(
        kind=kind,
        index=index,
        name=str(facts.name),
        memory_bytes=int(facts.total_memory),
        capability=str(name),
    )


def _cudnn_version(number: int) -> str:
    # cuDNN 9 counts major * 10000 + minor * 100 + patch, cuDNN 8 major * 1000 (cudnn_version.h).
    major, rest = divmod(number, 10000 if number >= 90000 else 1000)
    return f"{major}.{rest // 100}.{rest % 100}"


def _nvidia_driver(path: Path) -> str:
    try:
        text = path.read_text("utf-8")
    except OSError:
        return ""
    found = re.search(r"\b(\d{3,}\.\d+(?:\.\d+)?)\b", text)
    return found.group(1) if found else ""
