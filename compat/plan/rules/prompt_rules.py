"""Rules about prompts: that there are some, in order, inside the video, each with a window."""

import itertools
import math
from collections.abc import Iterator

from compat.core.model import Confidence, Severity
from compat.plan.geometry import (
    PictureRule,
    is_legal_frames,
    stride_of,
    target_frames,
    window_count,
)
from compat.plan.limits import MAX_WINDOWS
from compat.plan.model import RenderPlan
from compat.plan.rules.rule import Problem, rule
from compat.plan.schedule import Boundary, snap

TIMES = ("prompts", "prompts[].at")
GRID = ("window.frames", "window.overlap", "video.fps", "video.seconds")

PROMPT_WORDS = 90
"""LTXPipeline reads 128 T5 tokens (max_sequence_length) and drops the rest without a word; English
takes about 1.4 tokens a word."""

SHIFT_SECONDS = 1.0
"""A change that comes a second early or late is seen by everybody."""


@rule("prompts-missing", reads=("prompts",))
def prompts_missing(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """There is at least one prompt."""
    if not plan.prompts:
        yield Problem(
            key="prompts",
            message="there is no prompt, expected at least one [[prompts]] with at = 0.0 and text",
            remedy='add [[prompts]] with at = 0.0 and text = "...", or give --prompt TEXT',
        )


@rule("prompt-empty", reads=("prompts",))
def prompt_empty(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Every prompt says something."""
    for index, prompt in enumerate(plan.prompts):
        if not prompt.text.strip():
            yield Problem(
                key=f"prompts[{index}].text",
                message=f"prompts[{index}].text is empty, expected a description of the picture",
                remedy="describe what is seen, or remove the prompt",
            )


@rule("prompt-time", reads=("prompts",))
def prompt_time(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Every prompt begins at a number of seconds from 0 up."""
    for index, prompt in enumerate(plan.prompts):
        if not math.isfinite(prompt.at) or prompt.at < 0:
            yield Problem(
                key=f"prompts[{index}].at",
                message=f"prompts[{index}].at is {prompt.at:g}, expected seconds from 0 up, "
                "nearest 0",
                remedy=f"set prompts[{index}].at to 0 or more",
            )


@rule("prompts-first", reads=TIMES)
def prompts_first(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The first prompt begins at 0, so that the first window has one."""
    if plan.prompts and plan.prompts[0].at > 0:
        yield Problem(
            key="prompts[0].at",
            message=f"prompts[0].at is {plan.prompts[0].at:g}, expected 0, because the first "
            "window needs a prompt",
            remedy="set prompts[0].at to 0.0",
        )


@rule("prompts-order", reads=TIMES)
def prompts_order(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Prompts stand in the order of their times, no two at the same time."""
    for index, (before, after) in enumerate(itertools.pairwise(plan.prompts), start=1):
        if after.at <= before.at:
            yield Problem(
                key=f"prompts[{index}].at",
                message=f"prompts[{index}].at is {after.at:g}, expected more than the "
                f"{before.at:g} of the prompt before it",
                remedy="sort the prompts by at and keep one for each time",
            )


@rule("prompt-beyond-end", reads=(*TIMES, "video.seconds"))
def prompt_beyond_end(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Every prompt begins before the video ends."""
    for index, prompt in enumerate(plan.prompts):
        if math.isfinite(prompt.at) and prompt.at >= plan.video.seconds:
            yield Problem(
                key=f"prompts[{index}].at",
                message=f"prompts[{index}].at is {prompt.at:g}, expected less than the video's "
                f"{plan.video.seconds:g} seconds",
                remedy="remove the prompt, begin it earlier, or make video.seconds longer",
            )


@rule("prompt-lost", Severity.MEDIUM, reads=(*TIMES, *GRID))
def prompt_lost(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Every prompt has a window: prompts snap to window starts, and two can meet in one."""
    for boundary in _boundaries(plan):
        if not boundary.used:
            yield Problem(
                key=f"prompts[{boundary.prompt}].at",
                message=f"prompts[{boundary.prompt}] snaps to window {boundary.window} at "
                f"{boundary.snapped_seconds:.2f} s and a later prompt takes its place",
                remedy=f"keep prompts at least {_stride_seconds(plan):.2f} s apart, "
                "one stride of the windows",
            )


@rule("prompt-shifted", Severity.LOW, reads=(*TIMES, *GRID))
def prompt_shifted(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """No prompt moves by more than a second when it snaps to the start of a window."""
    for boundary in _boundaries(plan):
        if boundary.used and abs(boundary.shift_seconds) > SHIFT_SECONDS:
            yield Problem(
                key=f"prompts[{boundary.prompt}].at",
                message=f"prompts[{boundary.prompt}].at is {boundary.asked_seconds:g} but its "
                f"window begins at {boundary.snapped_seconds:.2f} s, "
                f"{abs(boundary.shift_seconds):.2f} s "
                f"{'later' if boundary.shift_seconds > 0 else 'earlier'}",
                remedy=f"set it to {boundary.snapped_seconds:.2f}, or use another window or "
                f"overlap: windows begin every {_stride_seconds(plan):.2f} s",
            )


@rule("prompt-long", Severity.LOW, reads=("prompts",), confidence=Confidence.MEDIUM)
def prompt_long(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """A prompt fits the 128 tokens that LTX pipelines read; what is beyond is dropped silently."""
    for index, prompt in enumerate(plan.prompts):
        words = len(prompt.text.split())
        if words > PROMPT_WORDS:
            yield Problem(
                key=f"prompts[{index}].text",
                message=f"prompts[{index}].text has {words} words, expected at most about "
                f"{PROMPT_WORDS}, because LTX pipelines read 128 tokens and drop the rest",
                remedy="say the important things first, or shorten it",
            )


def _boundaries(plan: RenderPlan) -> tuple[Boundary, ...]:
    frames, overlap = plan.window.frames, plan.window.overlap
    ordered = all(prompt.at >= 0 and math.isfinite(prompt.at) for prompt in plan.prompts)
    if not (ordered and overlap < frames and is_legal_frames(frames) and is_legal_frames(overlap)):
        return ()  # the grid itself is broken, which other rules say
    stride = stride_of(frames, overlap)
    count = window_count(target_frames(plan.video.seconds, plan.video.fps), stride)
    inside = tuple(prompt for prompt in plan.prompts if prompt.at < plan.video.seconds)
    return snap(inside, stride, plan.video.fps, min(count, MAX_WINDOWS))


def _stride_seconds(plan: RenderPlan) -> float:
    return stride_of(plan.window.frames, plan.window.overlap).stride_frames / plan.video.fps


RULES = (
    prompts_missing,
    prompt_empty,
    prompt_time,
    prompts_first,
    prompts_order,
    prompt_beyond_end,
    prompt_lost,
    prompt_shifted,
    prompt_long,
)
