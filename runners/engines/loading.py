"""Loads any diffusers video pipeline from a folder, safely, onto a device."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compat.core.system import own_peak_memory_bytes
from runners.engines.messages import OpenAnswer, OpenRequest

SMALL_MODEL_BYTES = 64 << 20
"""Below this a step's tensors are so small that handing them to threads costs more than it gives:
64x64x25 in 12 steps took 0.19 s on one thread and many times that on two of a busy machine."""


PICKLES = (".bin", ".pt", ".pth", ".ckpt")


class PickledWeightsError(ValueError):
    """The folder holds weights as pickles only, and those are never opened: they can run code."""


def load_pipeline(request: OpenRequest) -> tuple[Any, OpenAnswer]:
    """Load the pipeline that ``model_index.json`` names and report what it holds.

    Only local files, only safetensors, never code that came with the model. Raises
    ``PickledWeightsError`` where there are pickles only, else what diffusers raises; the parent
    turns it into a finding.
    """
    import diffusers
    import torch

    started = time.perf_counter()
    refuse_pickles(Path(request.folder))
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    pipeline = diffusers.DiffusionPipeline.from_pretrained(
        request.folder,
        torch_dtype=getattr(torch, request.dtype),
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    sick = tuple(non_finite_weights(pipeline))
    _place(pipeline, request)
    if request.device == "cpu" and parameter_bytes(pipeline) < SMALL_MODEL_BYTES:
        torch.set_num_threads(1)
    answer = OpenAnswer(
        pipeline=type(pipeline).__name__,
        components={name: type(part).__name__ for name, part in pipeline.components.items()},
        parameter_bytes=parameter_bytes(pipeline),
        seconds=time.perf_counter() - started,
        memory_bytes=own_peak_memory_bytes(),
        non_finite=sick,
    )
    return pipeline, answer


def refuse_pickles(folder: Path) -> None:
    """Raise ``PickledWeightsError`` where a component has pickled weights and no safetensors.

    diffusers would say that it found no file of some name, which sends people looking for it.
    """
    for component in sorted(part for part in folder.iterdir() if part.is_dir()):
        names = sorted(file.name for file in component.iterdir())
        pickles = [name for name in names if name.endswith(PICKLES)]
        if pickles and not any(name.endswith(".safetensors") for name in names):
            raise PickledWeightsError(
                f"component {component.name} has its weights only as the pickle {pickles[0]}, "
                "which can run code and is never opened; expected a .safetensors file"
            )


def _place(pipeline: Any, request: OpenRequest) -> None:
    if request.offload == "model":
        pipeline.enable_model_cpu_offload(device=request.device)
    elif request.offload == "sequential":
        pipeline.enable_sequential_cpu_offload(device=request.device)
    else:
        pipeline.to(request.device)
    for part in pipeline.components.values():
        if hasattr(part, "eval") and hasattr(part, "parameters"):
            part.eval()


def non_finite_weights(pipeline: Any) -> Iterator[str]:
    """Names of the weights that hold NaN or Inf, looked at on the CPU before they are moved.

    A render does not always show them: torch's CPU attention takes a row of NaN scores for a fully
    masked one and gives zeros (seen with 8 tokens and torch 2.13, not with 16).
    """
    import torch

    for name, part in pipeline.components.items():
        if not hasattr(part, "named_parameters"):
            continue
        for parameter, values in part.named_parameters():
            # fp8 has no isfinite kernel; the widest fp8 value fits float16.
            wide = values.to(torch.float16) if values.element_size() == 1 else values
            if wide.is_floating_point() and not bool(torch.isfinite(wide).all()):
                yield f"{name}.{parameter}"


def parameter_bytes(pipeline: Any) -> int:
    """Bytes of all weights of all components as they are held now."""
    total = 0
    for part in pipeline.components.values():
        if hasattr(part, "parameters"):
            total += sum(p.numel() * p.element_size() for p in part.parameters())
    return total
