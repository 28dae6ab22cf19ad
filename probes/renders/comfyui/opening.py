"""Loads the published file of a tiny model with the user's ComfyUI, as its loader nodes do."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compat.core.probe import SkipProbeError
from probes.loaders.comfyui_folder import ENTRY, PACKAGE, ComfyUI, at_hand
from probes.renders.loaders.loader import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What ComfyUI made of the files: a patcher for each network, its autoencoder or None."""

    networks: Mapping[str, Any]
    autoencoder: Any


@contextlib.contextmanager
def comfyui_of(job: Job) -> Iterator[ComfyUI]:
    """The ComfyUI in the job's material; ``SkipProbeError`` where there is none."""
    folder = Path(str(job.material.get("comfyui", "")))
    if not job.material.get("comfyui"):
        raise SkipProbeError(
            "no ComfyUI was named: --comfyui DIR names the folder with its main.py"
        )
    if not (folder / ENTRY).is_file() or not (folder / PACKAGE).is_dir():
        raise SkipProbeError(f"{folder} is no ComfyUI folder: it lacks {ENTRY} or {PACKAGE}/")
    with at_hand(folder, cpu=job.device == "cpu") as comfyui:
        if comfyui.sd is None:
            raise SkipProbeError(f"ComfyUI {comfyui.version} cannot import its own comfy.sd")
        yield comfyui


def network_from(comfyui: ComfyUI, job: Job, path: Path) -> Any:
    """What the node UNETLoader gives; ``RuntimeError`` in ComfyUI's words where it knows it not."""
    return comfyui.sd.load_diffusion_model(str(path), model_options={"dtype": job.torch_dtype})


def checkpoint_from(comfyui: ComfyUI, job: Job, path: Path, *, decodes: bool) -> tuple[Any, Any]:
    """What the node CheckpointLoaderSimple gives: network and, with ``decodes``, autoencoder."""
    network, _, autoencoder, *_ = comfyui.sd.load_checkpoint_guess_config(
        str(path),
        output_vae=decodes,
        output_clip=False,
        model_options={"dtype": job.torch_dtype},
    )
    return network, autoencoder


def autoencoder_from(comfyui: ComfyUI, job: Job, path: Path) -> Any:
    """What the node VAELoader gives."""
    return comfyui.sd.VAE(sd=comfyui.utils.load_torch_file(str(path)), dtype=job.torch_dtype)
