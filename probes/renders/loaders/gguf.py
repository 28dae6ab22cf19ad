"""GGUF files in the published layout, read by diffusers with ``GGUFQuantizationConfig``."""

from pathlib import Path
from typing import Any

from compat.core.model import Cell
from probes.renders.loaders.loader import Job, Loader
from probes.renders.loaders.single_file import assembled, from_file
from probes.renders.original_layout.gguf_file import what_is_left, write
from probes.renders.original_layout.reading_back import read_back
from probes.renders.original_layout.registry import LAYOUTS
from probes.renders.tiny.model import Parts

QUANTISATIONS = ("Q8_0", "Q4_0")


def load(job: Job) -> Any:
    """Write a GGUF for each network, and load it to be computed with in the job's dtype."""
    from diffusers import GGUFQuantizationConfig

    parts = job.tiny.parts()
    config = GGUFQuantizationConfig(compute_dtype=job.torch_dtype)
    loaded = {
        name: from_file(job, parts[name], path, quantization_config=config)
        for name, path in save_gguf(job, parts).items()
    }
    return assembled(job, parts, loaded)


def save_gguf(job: Job, parts: Parts) -> dict[str, Path]:
    """Write a GGUF for each network in the published layout; the files by the network's name."""
    layout = LAYOUTS[job.tiny.family]
    files = {}
    for name, rewrite in layout.networks.items():
        files[name] = job.scratch / f"{name}-{job.quantisation}.gguf"
        write(files[name], rewrite(parts[name].state_dict()), job.quantisation, layout)
    return files


def quantise(job: Job, network: Any) -> None:
    """Put what gguf-py makes of the network's GGUF in the place of its weights."""
    import torch

    layout = LAYOUTS[job.tiny.family]
    rewrite = next(iter(layout.networks.values()))
    state = network.state_dict()
    left = read_back(what_is_left(rewrite(state), job.quantisation, layout), state, rewrite)
    with torch.no_grad():
        for name, value in left.items():
            state[name].copy_(value)


LOADER = Loader(
    name="gguf",
    load=load,
    cells=tuple(
        Cell(loader="gguf", dtype=dtype, quantisation=kind, modules=("gguf", "accelerate"))
        for kind in QUANTISATIONS
        for dtype in ("float32", "bfloat16", "float16")
    ),
    quantise=quantise,
)
