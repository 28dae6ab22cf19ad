"""int8 weights of optimum-quanto, made while diffusers loads."""

from typing import Any

from compat.core.model import Cell
from probes.renders.loaders.diffusers_folder import load_folder, save_folder
from probes.renders.loaders.loader import Job, Loader

_MODULES = ("optimum.quanto", "accelerate")


def load(job: Job) -> Any:
    """The model's folder, its networks quantised with ``QuantoConfig``."""
    from diffusers import QuantoConfig

    folder, parts = save_folder(job), job.tiny.parts()
    networks = {
        name: type(parts[name]).from_pretrained(
            str(job.scratch / name if name in job.tiny.beside else folder / name),
            quantization_config=QuantoConfig(weights_dtype=job.quantisation),
            torch_dtype=job.torch_dtype,
            local_files_only=True,
            use_safetensors=True,
        )
        for name in job.tiny.networks
    }
    return load_folder(job, folder, **networks)


def quantise(job: Job, network: Any) -> None:
    """Round the weights of every linear layer to int8, one scale for each row.

    The scale is the largest magnitude of the row by 127, in the dtype the weights are loaded in.
    """
    import torch

    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, torch.nn.Linear):
                rows = module.weight.to(job.torch_dtype)
                scale = rows.abs().amax(dim=1, keepdim=True) / 127
                codes = (rows / scale).round().clamp(-128, 127)
                module.weight.copy_(codes.float() * scale.float())


LOADER = Loader(
    name="quanto",
    load=load,
    cells=tuple(
        Cell(loader="quanto", dtype=dtype, quantisation="int8", modules=_MODULES)
        for dtype in ("float32", "bfloat16", "float16")
    ),
    quantise=quantise,
)
