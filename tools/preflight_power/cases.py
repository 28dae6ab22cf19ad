"""One preflight to run, and the plan that goes with it; everything follows from its seeds."""

from dataclasses import dataclass

import numpy as np

from compat.plan.model import (
    EMBEDDED,
    ModelPlan,
    OutputPlan,
    PicturePlan,
    PromptAt,
    RenderPlan,
    SamplingPlan,
    VideoPlan,
)
from runners.embedded.prompts import every_scene
from tools.preflight_power.prompts import NEGATIVE, VARIED
from tools.preflight_power.taught import TAUGHT

DTYPES = ("float32", "bfloat16", "float16")
MOVING = tuple(scene for scene in every_scene() if scene.direction != "still")
TWEAKS = ("", "", "", "slicing", "tiling", "math-attention")
"""What people switch on without a change of the picture; most switch on nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A preflight of one model; ``fault`` is empty where it is healthy.

    ``source`` is "drawn" (random weights: no picture), "trained" (a tiny trained model, its weights
    moved a little) or "embedded". ``split`` keeps what was looked at during development apart from
    what is reported.
    """

    split: str
    source: str
    family: str
    build: int
    plan: int
    dtype: str
    fault: str = ""

    @property
    def key(self) -> str:
        """The name of the case in the records."""
        parts = (self.split, self.source, self.family, self.build, self.plan, self.dtype)
        return "/".join([*map(str, parts), self.fault or "benign"])

    @property
    def model(self) -> str:
        """The build it runs on."""
        return f"{self.source}/{self.family}/{self.build}"


def tweak_of(case: Case) -> str:
    """What is switched on in this case's pipeline."""
    return str(np.random.default_rng([case.plan, 11]).choice(TWEAKS))


def plan_of(case: Case, folder: str) -> RenderPlan:
    """The plan of a case, drawn from its plan seed; a picture only where the model can draw one."""
    rng = np.random.default_rng([case.plan, 7])
    drawn = case.source == "drawn"
    text, second = (_prompt(case.source, rng) for _ in range(2))
    prompts = [PromptAt(at=0.0, text=text)]
    if rng.random() < 0.5 and second != text:
        prompts.append(PromptAt(at=2.0, text=second))
    return RenderPlan(
        model=ModelPlan(path=EMBEDDED if case.source == "embedded" else folder,
                        device="cpu", dtype=case.dtype),
        video=VideoPlan(seconds=4.0),
        sampling=SamplingPlan(
            steps=int(rng.choice([12, 16, 20] if not drawn else [2, 4, 8, 20, 50])),
            guidance=float(rng.choice([2.0, 3.0, 4.0] if not drawn else [1.0, 3.0, 5.0, 7.5])),
            seed=int(rng.integers(1 << 31)),
            negative_prompt=str(rng.choice(NEGATIVE)) if drawn else "",
        ),
        prompts=tuple(prompts),
        picture=PicturePlan() if drawn else _picture(case.family, rng),
        output=OutputPlan(path="out.mp4"),
    )  # fmt: skip


def _prompt(source: str, rng: np.random.Generator) -> str:
    """What is written for a random model, else what the model was taught."""
    if source == "drawn":
        return str(rng.choice(VARIED))
    known = TAUGHT if source == "trained" else MOVING
    return known[int(rng.integers(len(known)))].prompt


def _picture(family: str, rng: np.random.Generator) -> PicturePlan:
    """Sizes that the trained models know."""
    if family == "embedded":
        width, height = rng.choice([(64, 64), (64, 64), (96, 96), (96, 64), (64, 96)])
        frames = int(rng.choice([17, 25, 33]))
        return PicturePlan(width=int(width), height=int(height), frames=frames)
    return PicturePlan(width=64, height=64, frames=16 if family == "animatediff" else 17)
