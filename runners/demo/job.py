"""The demo's plan, and its preparation with or without a variation."""

from dataclasses import replace
from pathlib import Path

from compat.core.model import Environment
from compat.plan.model import (
    ModelPlan,
    OutputPlan,
    PromptAt,
    RenderPlan,
    VideoPlan,
    WindowPlan,
)
from runners.demo.faults import Variation, copy_model
from runners.embedded import embedded_model
from runners.session import Session, open_session

PROMPTS = (
    (0.0, "red circle moving right on blue background"),
    (4.0, "red circle moving down on blue background"),
    (8.0, "red circle moving left on blue background"),
)


def demo_plan(seconds: float) -> RenderPlan:
    """The embedded model at 64 x 64, windows of 33 frames, a prompt that changes twice."""
    prompts = tuple(PromptAt(at=at, text=text) for at, text in PROMPTS if at < seconds)
    return RenderPlan(
        model=ModelPlan(device="cpu"),
        video=VideoPlan(seconds=seconds),
        window=WindowPlan(frames=33, overlap=9),
        prompts=prompts,
        output=OutputPlan(path="demo.mp4"),
    )


def demo_session(
    folder: Path, environment: Environment, seconds: float, variation: Variation | None
) -> Session:
    """A session for the demo in ``folder``; a variation works on a copy of the model there."""
    plan = demo_plan(seconds)
    if variation is None:
        return open_session(plan, environment, base=folder)
    plan = variation.plan(replace(plan, output=OutputPlan(path=f"{variation.id}.mp4")))
    model = None
    if variation.changes_model:
        model = copy_model(embedded_model(), folder / "models" / variation.id)
        variation.model(model)
    return open_session(plan, environment, base=folder, folder=model, fault=variation.runtime)
