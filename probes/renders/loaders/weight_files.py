"""One file of weights per part, read by a library of one's choice into modules made from configs.

What it does to the weights is rounding to the dtype; with a ``quantisation`` of 8-bit floats the
matrices and kernels of the networks are stored in it, as published fp8 checkpoints are, and are
widened again where they are loaded.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from compat.core.model import Cell
from probes.renders.loaders.loader import Job
from probes.renders.tiny.model import modules_of

ReadFile = Callable[[Path], Mapping[str, Any]]
"""Reads a file of safetensors into tensors of torch, by name."""

DTYPES = ("float32", "bfloat16", "float16")
FLOAT8 = ("float8_e4m3fn", "float8_e5m2")


def cells(loader: str, *modules: str) -> tuple[Cell, ...]:
    """Every dtype by itself, and both 8-bit floats computed with in bfloat16."""
    plain = (Cell(loader=loader, dtype=dtype, modules=modules) for dtype in DTYPES)
    small = (
        Cell(loader=loader, dtype="bfloat16", quantisation=kind, modules=modules) for kind in FLOAT8
    )
    return (*plain, *small)


def load_with(job: Job, read: ReadFile) -> Any:
    """Save every part's weights, read them with ``read`` and put them into fresh modules."""
    from safetensors.torch import save_file

    parts = job.tiny.parts()
    for name, part in modules_of(parts).items():
        path = job.scratch / f"{name}.safetensors"
        save_file(_stored(job, name, part), path)
        part = part.to(job.torch_dtype)  # noqa: PLW2901 - the same module, now in the dtype
        forget(part)
        part.load_state_dict(read(path), strict=True)
    return job.tiny.assemble(parts)


def forget(module: Any) -> None:
    """Overwrite every stored value with zeros, so that nothing but the file can bring it back."""
    for tensor in module.state_dict().values():
        tensor.zero_()


def _stored(job: Job, name: str, part: Any) -> dict[str, Any]:
    import torch

    small = _matrices(part) if job.quantisation and name in job.tiny.networks else set()
    kinds = {key: job.quantisation if key in small else job.dtype for key in part.state_dict()}
    return {
        key: (value.to(getattr(torch, kinds[key])) if value.is_floating_point() else value)
        .detach()
        .contiguous()
        for key, value in part.state_dict().items()
    }


def _matrices(module: Any) -> set[str]:
    return {name for name, value in module.named_parameters() if value.ndim >= 2}


def quantise(job: Job, network: Any) -> None:
    """Round the network's matrices and kernels to the 8-bit float they are stored in."""
    import torch

    if not job.quantisation:
        return
    small = _matrices(network)
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name in small:
                value.copy_(value.to(getattr(torch, job.quantisation)).float())
