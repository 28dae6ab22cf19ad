"""Rules about denoising: sigmas, and settings that would be ignored without a word."""

import itertools
import math
from collections.abc import Iterator

from compat.core.model import Severity
from compat.plan.geometry import PictureRule
from compat.plan.model import RenderPlan
from compat.plan.rules.rule import Problem, rule


@rule("sigmas-range", reads=("sampling.sigmas",))
def sigmas_range(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Every sigma is above 0 and at most 1; only the last may be 0."""
    last = len(plan.sampling.sigmas) - 1
    for index, sigma in enumerate(plan.sampling.sigmas):
        ends = index == last and index > 0 and sigma == 0
        if not (ends or (math.isfinite(sigma) and 0 < sigma <= 1)):
            nearest = "1.0" if sigma > 1 else "0.001"
            yield Problem(
                key=f"sampling.sigmas[{index}]",
                message=f"sampling.sigmas[{index}] is {sigma:g}, expected more than 0 and at "
                f"most 1, nearest {nearest}",
                remedy="write sigmas as shares of the noise, from 1.0 down; a last 0.0 is allowed",
            )


@rule("sigmas-descending", reads=("sampling.sigmas",))
def sigmas_descending(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Sigmas fall from step to step; the scheduler takes a rise as a step back into noise."""
    for index, (before, after) in enumerate(itertools.pairwise(plan.sampling.sigmas), start=1):
        if after >= before:
            yield Problem(
                key=f"sampling.sigmas[{index}]",
                message=f"sampling.sigmas[{index}] is {after:g}, expected less than the {before:g} "
                "before it",
                remedy="sort the sigmas from large to small and drop repeated ones",
            )


@rule("sigmas-start", Severity.MEDIUM, reads=("sampling.sigmas",))
def sigmas_start(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The first sigma is 1, because every window starts from pure noise.

    The second-stage list of distilled LTX starts at 0.909375: it is for a picture that exists.
    """
    sigmas = plan.sampling.sigmas
    if sigmas and 0 < sigmas[0] < 1:
        yield Problem(
            key="sampling.sigmas[0]",
            message=f"sampling.sigmas starts at {sigmas[0]:g}, but a window starts from pure "
            "noise, expected 1.0",
            remedy="start with 1.0; lists that start lower are for a second stage",
        )


@rule("steps-unused", Severity.INFO, reads=("sampling.sigmas",))
def steps_unused(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The steps are as many as the sigmas, which replace them."""
    count = sum(sigma > 0 for sigma in plan.sampling.sigmas)
    if count and count != plan.sampling.steps:
        yield Problem(
            key="sampling.steps",
            message=f"sampling.steps is {plan.sampling.steps} but the sigmas make {count} steps, "
            "and sigmas win",
            remedy=f"set sampling.steps to {count}, or leave the sigmas out",
        )


@rule("negative-prompt-unused", Severity.LOW, reads=("sampling.guidance",))
def negative_prompt_unused(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """A negative prompt comes with guidance above 1; without guidance it is never read."""
    if plan.sampling.negative_prompt.strip() and plan.sampling.guidance <= 1:
        yield Problem(
            key="sampling.negative_prompt",
            message=f"sampling.negative_prompt is given but sampling.guidance is "
            f"{plan.sampling.guidance:g}, which turns it off, expected more than 1",
            remedy="set sampling.guidance above 1 (LTX: about 3), or drop the negative prompt",
        )


RULES = (sigmas_range, sigmas_descending, sigmas_start, steps_unused, negative_prompt_unused)
