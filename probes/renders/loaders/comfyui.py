"""The user's own ComfyUI: it detects, loads, samples and decodes the published file.

Its network is led along the course of the diffusers pipeline, so that its latents can be held
against those of diffusers; that a picture is lively says nothing about whether it is the right one.
"""

from pathlib import Path
from typing import Any

from compat.core.model import Cell
from compat.core.probe import SkipProbeError
from probes.answers import attempt
from probes.loaders.comfyui_folder import ComfyUI
from probes.renders.comfyui.course import course_of
from probes.renders.comfyui.families import FAMILIES, UNKNOWN
from probes.renders.comfyui.opening import (
    Opened,
    autoencoder_from,
    checkpoint_from,
    comfyui_of,
    network_from,
)
from probes.renders.comfyui.sampling import sampled
from probes.renders.comfyui.sizes import given
from probes.renders.loaders.loader import Job, Loader
from probes.renders.loaders.single_file import AUTOENCODER, save_files
from probes.renders.original_layout.registry import LAYOUTS
from probes.renders.rendered import Rendered, on_host
from probes.renders.tiny.model import Parts

SUBJECT = "a ComfyUI folder"


def load(job: Job) -> Opened:
    """Save the published files and load them with ComfyUI, in the job's dtype."""
    parts, family = parts_of(job), FAMILIES.get(job.tiny.family, UNKNOWN)
    with comfyui_of(job) as comfyui:
        files = save_files(job.scratch, parts, LAYOUTS[job.tiny.family], family.metadata(parts))
        with given(comfyui.detection, family.sizes(parts)):
            if family.bundled:
                network, autoencoder = checkpoint_from(
                    comfyui, job, files["transformer"], decodes=family.decodes
                )
                return Opened(networks={"transformer": network}, autoencoder=autoencoder)
            return _apart(comfyui, job, files, decodes=family.decodes)


def parts_of(job: Job) -> Parts:
    """The tiny model; ``SkipProbeError`` where this interpreter's diffusers cannot make it.

    ComfyUI's own interpreter may hold a diffusers that does not know the family, which is not
    ComfyUI's fault.
    """
    parts, words = attempt(job.tiny.parts)
    if parts is None:
        raise SkipProbeError(f"this interpreter's diffusers cannot make the model: {words[:300]}")
    return parts


def _apart(comfyui: ComfyUI, job: Job, files: dict[str, Path], *, decodes: bool) -> Opened:
    names = LAYOUTS[job.tiny.family].networks
    networks = {name: network_from(comfyui, job, files[name]) for name in names}
    autoencoder = autoencoder_from(comfyui, job, files[AUTOENCODER]) if decodes else None
    return Opened(networks=networks, autoencoder=autoencoder)


def render(job: Job, opened: Opened) -> Rendered:
    """Sample with ComfyUI; decode with it, or with diffusers where it has no such autoencoder."""
    import torch

    family, inputs = FAMILIES[job.tiny.family], job.tiny.inputs()
    model = next(iter(opened.networks.values())).model
    with comfyui_of(job), torch.no_grad():
        course = course_of(job.tiny)
        latents, *others = sampled(
            opened.networks,
            course,
            family.begin(inputs, course, type(model).__name__),
            chosen=_expert(job),
            rising=family.rising,
        )
        frames = _decoded(job, opened, model.process_latent_out(latents))
        return Rendered(
            latents=on_host(family.packed(latents)),
            frames=on_host(frames),
            sound=on_host(_heard(job, others[0])) if others else None,
        )


def _expert(job: Job) -> Any:
    names = tuple(LAYOUTS[job.tiny.family].networks)
    boundary = job.tiny.options.get("boundary_ratio")
    if boundary is None:
        return lambda _time: names[0]
    return lambda time: names[0] if time >= boundary * 1000 else names[1]


def _decoded(job: Job, opened: Opened, latents: Any) -> Any:
    if opened.autoencoder is not None:
        return opened.autoencoder.decode(latents)[0].permute(0, 3, 1, 2)
    autoencoder = job.tiny.parts()[AUTOENCODER].to(job.torch_device)
    pixels = autoencoder.decode(latents.to(job.torch_device), return_dict=False)[0]
    return (pixels[0].transpose(0, 1) / 2 + 0.5).clamp(0, 1)


def _heard(job: Job, latents: Any) -> Any:
    """The waveform that diffusers makes of latents [batch, channels, length, mel bins]."""
    parts = job.tiny.parts()
    codec, vocoder = parts["audio_vae"], parts["vocoder"]
    rows = latents.transpose(1, 2).flatten(2) * codec.latents_std + codec.latents_mean
    mel = codec.decode(rows.unflatten(2, (latents.shape[1], -1)).transpose(1, 2), return_dict=False)
    return vocoder(mel[0])[0]


LOADER = Loader(
    name="comfyui",
    load=load,
    cells=tuple(
        Cell(loader="comfyui", dtype=dtype, subject=SUBJECT)
        for dtype in ("float32", "bfloat16", "float16")
    ),
    render=render,
    foreign=True,
)
