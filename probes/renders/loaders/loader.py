"""What a loader is: it brings a saved tiny model back, and says by hand what that should give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compat.backends.backend import torch_name
from compat.core.model import Cell
from probes.renders.rendered import Rendered, render
from probes.renders.tiny.model import TinyModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One model to be saved, loaded and rendered.

    ``dtype`` is the torch name of what is computed in, ``quantisation`` what the weights are kept
    in, empty for the same. ``device`` is framegate's kind of device, ``scratch`` an empty folder
    and ``material`` what came with the question.
    """

    tiny: TinyModel
    dtype: str
    quantisation: str = ""
    device: str = "cpu"
    scratch: Path = Path()
    material: Mapping[str, Any] = field(default_factory=dict)

    @property
    def torch_dtype(self) -> Any:
        """What is computed in, as torch's own object."""
        import torch

        return getattr(torch, self.dtype)

    @property
    def torch_device(self) -> str:
        """What torch calls the device."""
        return torch_name(self.device)


Load = Callable[[Job], Any]
Quantise = Callable[[Job, Any], None]
Render = Callable[[Job, Any], Rendered]


def leave(_job: Job, _network: Any) -> None:
    """Weights that are only rounded to the dtype need no quantisation by hand."""


def render_pipeline(job: Job, pipeline: Any) -> Rendered:
    """Render with a diffusers pipeline, on the job's device and in its dtype."""
    return render(pipeline.to(job.torch_device), job.tiny.inputs(), job.dtype, job.torch_device)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """One way from a saved model to frames.

    ``load`` builds the float32 parts (``job.tiny.parts()``), saves them below ``job.scratch`` as
    users find them, loads them with the library under test and returns what ``render`` takes: by
    default a pipeline, in the job's dtype. What it raises becomes ``render-refused``.

    ``quantise`` does to a float32 network of the assembled pipeline, in place and without the
    library, what ``job.quantisation`` does to its weights: its values afterwards are those that the
    library has to compute with. ``cells`` are asked of every family in ``families``, of all where
    that is empty. ``foreign`` marks a loader whose network is another implementation than
    diffusers'.
    """

    name: str
    load: Load
    cells: tuple[Cell, ...]
    quantise: Quantise = leave
    render: Render = render_pipeline
    families: tuple[str, ...] = ()
    foreign: bool = False
