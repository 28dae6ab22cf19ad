"""8-bit float storage of diffusers: each layer is widened for its own forward pass."""

import re
from typing import Any

from compat.core.model import Cell
from probes.renders.loaders.diffusers_folder import load_folder, save_folder
from probes.renders.loaders.loader import Job, Loader

# Layers that are kept wide by name, whatever the model (diffusers 0.42.1,
# hooks/layerwise_casting.py); a model's class adds its own.
_SKIPPED = ("pos_embed", "patch_embed", "norm", "^proj_in$", "^proj_out$")


def load(job: Job) -> Any:
    """The model's folder, then ``enable_layerwise_casting`` on its networks."""
    import torch

    pipeline = load_folder(job, save_folder(job))
    for network in job.tiny.core_modules(pipeline):
        network.enable_layerwise_casting(
            storage_dtype=getattr(torch, job.quantisation), compute_dtype=job.torch_dtype
        )
    return pipeline


def quantise(job: Job, network: Any) -> None:
    """Round weights and biases of the layers that are stored in 8 bits, by way of the dtype."""
    import torch

    kept = (
        *_SKIPPED,
        *(network._skip_layerwise_casting_patterns or ()),
        *(network._keep_in_fp32_modules or ()),
    )
    stored = getattr(torch, job.quantisation)
    with torch.no_grad():
        for layer in _layers(network, re.compile("|".join(kept))):
            for value in layer.parameters(recurse=False):
                value.copy_(value.to(job.torch_dtype).to(stored).float())


def _layers(module: Any, kept: re.Pattern[str], path: str = "") -> list[Any]:
    import torch

    kinds = (torch.nn.modules.conv._ConvNd, torch.nn.Linear, torch.nn.Embedding)
    if kept.search(path):
        return []
    if isinstance(module, kinds):
        return [module]
    found = []
    for name, child in module.named_children():
        found += _layers(child, kept, f"{path}.{name}" if path else name)
    return found


LOADER = Loader(
    name="fp8-layerwise",
    load=load,
    cells=tuple(
        Cell(loader="fp8-layerwise", dtype=dtype, quantisation=kind)
        for dtype in ("bfloat16", "float16")
        for kind in ("float8_e4m3fn", "float8_e5m2")
    ),
    quantise=quantise,
)
