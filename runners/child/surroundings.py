"""What an interpreter can say of itself beyond its environment: torch's build, PyAV's codecs."""

import contextlib
import sys
from pathlib import Path
from typing import Any

from compat.backends.backend import import_framework, missing
from compat.backends.environment import package_versions
from compat.backends.machine.installed import torch_build
from compat.backends.machine.model import TorchBuild
from compat.backends.pyav import pyav_codecs
from compat.core.codec import to_data
from runners.worker import Emit


def surroundings(_arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Prefix, torch's build and the chips it has code for, codecs, and why torch does not load."""
    torch, reason = import_framework("torch")
    places = [Path(entry) for entry in sys.path if entry]
    build = next(filter(None, map(torch_build, places)), None)
    return {
        "prefix": sys.prefix,
        "executable": sys.executable,
        "torch": to_data(build),
        "torch_problem": "" if torch is not None else _problem(reason, build),
        "chips": _chips(torch),
        "codecs": to_data(pyav_codecs()),
    }


def _problem(reason: str, build: TorchBuild | None) -> str:
    """Why torch is not there although something says it is; "" where nothing does."""
    if build is None and "torch" not in package_versions():
        return ""
    gone = reason == missing("torch") != ""
    return "torch is registered as installed and its files are gone" if gone else reason


def _chips(torch: Any) -> list[str]:
    """Chips that this torch has machine code for, such as sm_90 or gfx1100; empty without cards."""
    if torch is None:
        return []
    with contextlib.suppress(RuntimeError, AttributeError):
        return [str(name) for name in torch.cuda.get_arch_list()]
    return []
