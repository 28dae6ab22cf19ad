"""The user's own ComfyUI with a GGUF file, read by the nodes of ComfyUI-GGUF."""

import json
from dataclasses import replace
from pathlib import Path

from compat.core.model import Cell
from probes.renders.comfyui.families import FAMILIES, UNKNOWN
from probes.renders.comfyui.family import ComfyFamily
from probes.renders.comfyui.gguf_node import network_from_gguf
from probes.renders.comfyui.opening import Opened, autoencoder_from, comfyui_of
from probes.renders.comfyui.sizes import Sizes, given
from probes.renders.loaders.comfyui import SUBJECT, parts_of, render
from probes.renders.loaders.gguf import QUANTISATIONS, quantise, save_gguf
from probes.renders.loaders.loader import Job, Loader
from probes.renders.loaders.single_file import AUTOENCODER, save_files
from probes.renders.original_layout.registry import LAYOUTS
from probes.renders.tiny.model import Parts


def load(job: Job) -> Opened:
    """Write a GGUF for each network and load it with the node; the autoencoder is no GGUF."""
    parts, layout = parts_of(job), LAYOUTS[job.tiny.family]
    family = FAMILIES.get(job.tiny.family, UNKNOWN)
    with comfyui_of(job) as comfyui:
        folder = Path(str(job.material["comfyui"]))
        files = save_gguf(job, parts)
        with given(comfyui.detection, _sizes(family, parts)):
            networks = {
                name: network_from_gguf(comfyui, folder, job, path) for name, path in files.items()
            }
            autoencoder = None
            # A checkpoint's autoencoder has no file of its own; diffusers decodes for it.
            if family.decodes and not family.bundled:
                plain = save_files(job.scratch, parts, layout)
                autoencoder = autoencoder_from(comfyui, job, plain[AUTOENCODER])
        return Opened(networks=networks, autoencoder=autoencoder)


def _sizes(family: ComfyFamily, parts: Parts) -> Sizes:
    """Those of the family, and those that a checkpoint states in its header and a GGUF nowhere."""
    config = json.loads(family.metadata(parts).get("config", "{}"))
    sizes = family.sizes(parts)
    return replace(sizes, detected={**sizes.detected, **config.get("transformer", {})})


LOADER = Loader(
    name="comfyui-gguf",
    load=load,
    cells=tuple(
        Cell(
            loader="comfyui-gguf",
            dtype=dtype,
            quantisation=kind,
            modules=("gguf",),
            subject=SUBJECT,
        )
        for kind in QUANTISATIONS
        for dtype in ("float32", "bfloat16", "float16")
    ),
    quantise=quantise,
    render=render,
    foreign=True,
)
