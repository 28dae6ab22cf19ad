"""What a cell should deliver, made without its loader: the same weights by hand, in plain torch.

Everything is computed once per process and on the processor, whatever the device under test.
"""

from dataclasses import dataclass, replace
from typing import Any

from probes.renders.later import ask_later
from probes.renders.loaders.loader import Job, Loader, leave
from probes.renders.rendered import Rendered, render
from probes.renders.tiny.model import modules_of

_HALF = "bfloat16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The renders that a cell is compared with.

    ``exact`` is the float32 render of the weights the cell has to compute with, ``original`` the
    one before any quantisation. ``rounded`` is ``exact`` with weights and operations in a short
    dtype: the cell's own, or bfloat16 for a cell in float32. ``later`` is ``exact`` one step of
    float32 later in time, for loaders whose network is not diffusers' own.
    """

    exact: Rendered
    rounded: Rendered
    original: Rendered
    later: Rendered | None = None


_MADE: dict[tuple[str, ...], Rendered] = {}


def expected(loader: Loader, job: Job) -> Expected:
    """Render by hand, or take what was rendered before in this process."""
    plain = replace(job, dtype="float32", quantisation="", device="cpu")
    short = job.dtype if job.dtype != "float32" else _HALF
    return Expected(
        original=_made(loader, plain, "float32"),
        exact=_made(loader, job, "float32"),
        rounded=_made(loader, job, short),
        later=_made(loader, job, "float32", later=True) if loader.foreign else None,
    )


def _made(loader: Loader, job: Job, computed: str, *, later: bool = False) -> Rendered:
    quantised = (loader.name, job.quantisation, job.dtype) if job.quantisation else ()
    key = (job.tiny.family, computed, "later" if later else "", *quantised)
    if key not in _MADE:
        pipeline = _pipeline(loader, job, computed)
        for network in job.tiny.core_modules(pipeline) if later else ():
            ask_later(network)
        _MADE[key] = render(pipeline, job.tiny.inputs(), computed, "cpu")
    return _MADE[key]


def _pipeline(loader: Loader, job: Job, computed: str) -> Any:
    import torch

    parts = job.tiny.parts()
    pipeline = job.tiny.assemble(parts)
    if job.quantisation and loader.quantise is not leave:
        for network in job.tiny.core_modules(pipeline):
            loader.quantise(job, network)
    for module in modules_of(pipeline.components).values():
        # Not the model's own ``to``, which warns about layers that a loader keeps in float32.
        torch.nn.Module.to(module, getattr(torch, computed))
    return pipeline
