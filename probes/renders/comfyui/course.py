"""The course of a render: what the diffusers pipeline gives its network, and how it steps.

ComfyUI has samplers and schedules of its own. To hold its network against diffusers' on the same
latents and times, it is stepped along the course that the pipeline takes.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probes.renders.rendered import render
from probes.renders.tiny.model import TinyModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """``scheduler`` before its first step, and the first ``call`` of the network, by argument."""

    scheduler: Any
    call: Mapping[str, Any]


def course_of(tiny: TinyModel) -> Course:
    """Render with the float32 pipeline and note how it goes."""
    pipeline = tiny.assemble(tiny.parts())
    noted: list[Course] = []

    def note(_network: Any, _given: tuple[Any, ...], call: dict[str, Any]) -> None:
        if not noted:
            noted.append(Course(scheduler=copy.deepcopy(pipeline.scheduler), call=dict(call)))

    for network in tiny.core_modules(pipeline):
        network.register_forward_pre_hook(note, with_kwargs=True)
    render(pipeline, tiny.inputs(), "float32", "cpu")
    return noted[0]
