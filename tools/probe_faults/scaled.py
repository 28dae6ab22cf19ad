"""Probes of sizes that no processor affords in a test, asked in small with a fault made small.

The real fault acts beyond 2^31 or 2^32 values. Here it acts beyond 2^16, and the probe's own sizes
are set as far above that as they are above the real limit: the same code runs, on less memory.
"""

import importlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from tools.device_faults.attention import beyond
from tools.device_faults.bug import Bug, Instead, broken_backend
from tools.device_faults.convolutions import large_half_results
from tools.device_faults.products import large_results, outer_beyond
from tools.device_faults.views import far_positions_lost
from tools.probe_faults.fault import Fault

_LIMIT = 2**16
_SIZES: Mapping[str, Mapping[str, int]] = {
    "torch-sdpa-huge-scores": {"_TOKENS": 300},
    "torch-bmm-huge-output": {"_ROWS": 300},
    "torch-bmm-huge-outer": {"_ROWS": 300},
    "torch-conv3d-huge-output": {"_CHANNELS": 4, "_FRAMES": 6, "_SIDE": 60},
    "torch-add-huge": {"_ROWS": 20, "_COLUMNS": 4000},
}
_FAULTS: Mapping[str, tuple[str, Instead]] = {
    "attention is wrong beyond 2^32 scores": ("torch-sdpa-huge-scores", beyond(_LIMIT)),
    "bmm is wrong beyond 2^32 values": ("torch-bmm-huge-output", large_results(_LIMIT)),
    "bmm over one term is wrong beyond 2^31 values": (
        "torch-bmm-huge-outer",
        outer_beyond(_LIMIT),
    ),
    "conv3d in halves is zero beyond 2^31 values": (
        "torch-conv3d-huge-output",
        large_half_results(_LIMIT),
    ),
    "arithmetic is wrong beyond 2^31 values": ("torch-add-huge", far_positions_lost(_LIMIT)),
}


@contextmanager
def in_small(probe: str) -> Iterator[None]:
    """A context in which the probe asks for little; any other probe is left as it is."""
    with ExitStack() as stack:
        if probe in _SIZES:
            module = importlib.import_module(f"probes.torch_ops.{probe.replace('-', '_')}")
            for name, size in _SIZES[probe].items():
                stack.enter_context(patch.object(module, name, size))
        yield


def in_small_too(group: str, bug: Bug) -> Fault | None:
    """The fault with its limit scaled down, or None where it has no size beyond reach."""
    if bug.name not in _FAULTS:
        return None
    probe, instead = _FAULTS[bug.name]

    def inject() -> Any:
        small = Bug(
            name=bug.name, operations=bug.operations, imitates=bug.imitates, instead=instead
        )
        return broken_backend(small, whole=False)

    return Fault(
        name=bug.name,
        group=group,
        imitates=f"{bug.imitates}; size and limit scaled down together",
        inject=inject,
        operations=bug.operations,
        probes=(probe,),
    )
