"""What a probe must leave as it found it, because the next one runs in the same process."""

import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# A framework's lazily loaded libraries take up to about 600 MiB (torch with diffusers 0.42.1);
# what stays beyond this is taken for a leak.
MEMORY_LIMIT_MIB = 1024
# Tensors that stay on the card are a leak much earlier: nothing is loaded there lazily.
DEVICE_MEMORY_LIMIT_MIB = 64
_MIB = 1 << 20

# Set by torch when parts of diffusers are imported (torch 2.13), not by the probe.
_SET_BY_IMPORTS = {"TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR"}

State = Mapping[str, Any]


def current_state() -> State:
    """Everything that is compared, as plain values."""
    return {
        "current folder": str(Path.cwd()),
        "sys.path": list(sys.path),
        "environment variables": {k: v for k, v in os.environ.items() if k not in _SET_BY_IMPORTS},
        "memory": _resident_mib(),
        **_torch_state(),
    }


def settle() -> None:
    """Take what is alive for good, so that a later collection looks only at what is new.

    Called after imports and between probes: with torch loaded a full collection costs 0.1 s, and a
    round of probes on a card makes two for each.
    """
    gc.collect()
    gc.freeze()


def left_behind(before: State, after: State) -> tuple[str, ...]:
    """One sentence per thing that is not as it was; empty where all is."""
    return tuple(
        sentence
        for name, value in after.items()
        if (sentence := _difference(name, before.get(name), value))
    )


def _difference(name: str, before: Any, after: Any) -> str:
    if name == "memory":
        return _growth(name, before, after, MEMORY_LIMIT_MIB)
    if name == "device memory":
        return _growth(name, before, after, DEVICE_MEMORY_LIMIT_MIB)
    if before is None or before == after:
        return ""
    if isinstance(after, Mapping):
        names = sorted(k for k in {*before, *after} if before.get(k) != after.get(k))
        return f"it changed {name}: {', '.join(names)}"
    if isinstance(after, list):
        return f"it changed {name}"
    return f"it left {name} at {after}, found it at {before}"


def _growth(name: str, before: int | None, after: int, limit: int) -> str:
    grown = after - (before or 0)
    return f"it kept {grown} MiB of {name}" if grown > limit else ""


def _torch_state() -> State:
    torch: Any = sys.modules.get("torch")
    if torch is None:
        # What a probe that is the first to import torch would have found.
        return {}
    return {
        "torch's default dtype": str(torch.get_default_dtype()),
        "torch's default device": str(torch.get_default_device()),
        "torch's grad mode": torch.is_grad_enabled(),
        "torch's inference mode": torch.is_inference_mode_enabled(),
        "torch's thread count": torch.get_num_threads(),
        "torch's deterministic mode": torch.are_deterministic_algorithms_enabled(),
        "torch's float32 matmul precision": torch.get_float32_matmul_precision(),
        "torch's dispatch modes": _dispatch_modes(torch),
        "device memory": _device_mib(torch),
    }


def _dispatch_modes(torch: Any) -> int:
    # A mode that is not left again sees every later operation of the process.
    return int(torch._C._len_torch_dispatch_stack())


def _device_mib(torch: Any) -> int:
    if torch.cuda.is_initialized():
        gc.collect()
        return int(torch.cuda.memory_allocated()) // _MIB
    if torch.backends.mps.is_available():
        gc.collect()
        return int(torch.mps.current_allocated_memory()) // _MIB
    return 0


def _resident_mib() -> int:
    try:
        import psutil
    except ImportError:
        return 0  # a foreign interpreter; the parent's time limit is then the only guard
    return int(psutil.Process().memory_info().rss) // _MIB
