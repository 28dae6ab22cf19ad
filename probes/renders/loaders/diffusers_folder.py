"""``from_pretrained`` of diffusers on a folder, the way most scripts load a model."""

from pathlib import Path
from typing import Any

from compat.core.model import Cell, Level
from probes.renders.loaders.loader import Job, Loader


def load(job: Job) -> Any:
    """Save the model as it is published, in float32, and load it in the job's dtype."""
    return load_folder(job, save_folder(job))


def save_folder(job: Job) -> Path:
    """A folder of the float32 model; parts that come beside it stand in folders of that name."""
    import diffusers

    parts, tiny = job.tiny.parts(), job.tiny
    for name in tiny.beside:
        parts[name].save_pretrained(job.scratch / name)
    folder = job.scratch / "model"
    if not tiny.published:
        tiny.assemble(parts).save_pretrained(folder)
        return folder
    inside = {name: part for name, part in parts.items() if name not in tiny.beside}
    absent = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
    whole = getattr(diffusers, tiny.published)(**tiny.nothing, **absent, **inside)
    whole.save_pretrained(folder)
    return folder


def load_folder(job: Job, folder: Path, **given: Any) -> Any:
    """Load the folder in the job's dtype; components in ``given`` are taken instead of its own."""
    import diffusers

    beside = {name: _beside(job, name) for name in job.tiny.beside if name not in given}
    pipeline = getattr(diffusers, job.tiny.pipeline).from_pretrained(
        str(folder),
        torch_dtype=job.torch_dtype,
        local_files_only=True,
        use_safetensors=True,
        **job.tiny.nothing,
        **beside,
        **given,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _beside(job: Job, name: str) -> Any:
    kind = type(job.tiny.parts()[name])
    return kind.from_pretrained(
        str(job.scratch / name),
        torch_dtype=job.torch_dtype,
        local_files_only=True,
        use_safetensors=True,
    )


LOADER = Loader(
    name="diffusers-folder",
    load=load,
    cells=(
        Cell(loader="diffusers-folder", dtype="float32"),
        Cell(loader="diffusers-folder", dtype="bfloat16", level=Level.STANDARD),
        Cell(loader="diffusers-folder", dtype="float16"),
    ),
)
