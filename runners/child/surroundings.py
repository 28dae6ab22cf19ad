"""What an interpreter can say of itself beyond its environment: torch's build, PyAV's codecs."""

import contextlib
import sys
from pathlib import Path
from typing import Any

from compat.backends.backend import import_framework
from compat.backends.machine.installed import torch_build
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
        "torch_problem": reason if build is not None else "",
        "chips": _chips(torch),
        "codecs": to_data(pyav_codecs()),
    }


def _chips(torch: Any) -> list[str]:
    """Chips that this torch has machine code for, such as sm_90 or gfx1100; empty without cards."""
    if torch is None:
        return []
    with contextlib.suppress(RuntimeError, AttributeError):
        return [str(name) for name in torch.cuda.get_arch_list()]
    return []
