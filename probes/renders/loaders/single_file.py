"""``from_single_file`` of diffusers on files in the layout their makers published."""

from pathlib import Path
from typing import Any

from compat.core.model import Cell
from probes.renders.loaders.loader import Job, Loader
from probes.renders.loaders.taken_for_granted import conversion_for
from probes.renders.original_layout.layout import Layout
from probes.renders.original_layout.packing import State, prefixed
from probes.renders.original_layout.registry import LAYOUTS
from probes.renders.tiny.model import Parts, modules_of

AUTOENCODER = "vae"


def load(job: Job) -> Any:
    """Save what is published in files of its own layout in float32, load it in the job's dtype."""
    parts, layout = job.tiny.parts(), LAYOUTS[job.tiny.family]
    files = save_files(job.scratch, parts, layout)
    loaded = {name: from_file(job, parts[name], path) for name, path in files.items()}
    return assembled(job, parts, loaded)


def save_files(
    folder: Path, parts: Parts, layout: Layout, metadata: dict[str, str] | None = None
) -> dict[str, Path]:
    """Write the published files of ``parts``; the file of each part that is in one.

    Parts with a prefix share a file, as in the checkpoints that bundle them. ``metadata`` stands in
    every header.
    """
    from safetensors.torch import save_file

    contents: dict[Path, State] = {}
    files = {}
    for name, state in published(parts, layout).items():
        prefix = layout.prefixes.get(name, "")
        files[name] = folder / f"{'model' if prefix else name}.safetensors"
        contents.setdefault(files[name], {}).update(prefixed(state, prefix))
    for path, state in contents.items():
        save_file({name: tensor.contiguous() for name, tensor in state.items()}, path, metadata)
    return files


def published(parts: Parts, layout: Layout) -> dict[str, State]:
    """The state of every part that the layout knows, in that layout."""
    rewrites = dict(layout.networks)
    if layout.autoencoder is not None:
        rewrites[AUTOENCODER] = layout.autoencoder
    return {name: rewrite(parts[name].state_dict()) for name, rewrite in rewrites.items()}


def from_file(job: Job, part: Any, path: Path, **more: Any) -> Any:
    """Load one part from ``path`` into a fresh module of its class and config."""
    config = path.with_name(f"config of {type(part).__name__}")
    part.save_config(config)
    with conversion_for(part):
        return type(part).from_single_file(
            str(path),
            config=str(config),
            torch_dtype=job.torch_dtype,
            local_files_only=True,
            **more,
        )


def assembled(job: Job, parts: Parts, loaded: Parts) -> Any:
    """The pipeline of the loaded parts and, in the job's dtype, of those that need no loader."""
    import torch

    made = {**parts, **loaded}
    for name, part in modules_of(parts).items():
        if name not in loaded:
            # Not the model's own ``to``, which warns about layers that a loader keeps in float32.
            made[name] = torch.nn.Module.to(part, job.torch_dtype)
    return job.tiny.assemble(made)


LOADER = Loader(
    name="diffusers-single-file",
    load=load,
    cells=tuple(
        Cell(loader="diffusers-single-file", dtype=dtype)
        for dtype in ("float32", "bfloat16", "float16")
    ),
)
