"""Rules about windows and how they hand over; the loop is LTX, so they are 8n+1 for all models."""

from collections.abc import Iterator

from compat.core.model import Confidence, Severity
from compat.plan.geometry import (
    LTX,
    ROPE_SECONDS,
    PictureRule,
    decoded_frames,
    is_legal_frames,
    longest_window,
    nearest_frames,
    stride_of,
    target_frames,
    tokens_per_latent,
    window_count,
    window_tokens,
)
from compat.plan.limits import MAX_WINDOWS
from compat.plan.model import RenderPlan
from compat.plan.rules.picture_rules import frame_problems
from compat.plan.rules.rule import Problem, choice, rule

TOKEN_VOLUME = 15_000
"""Where quality begins to fall, as reported from long productions with LTX 2.3 (15 to 20 thousand);
24 570 (832 x 480 x 497) was called the edge."""

THIN_SHARE = 0.15
THIN_SECONDS = 12.0
"""The audio-loop project's limit for thin context: under 15 % of a window shorter than 12 s."""

GRID = ("window.frames", "window.overlap")
LENGTH = ("video.fps", "video.seconds")


@rule("window-frames")
def window_frames(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """A window has 8n+1 frames.

    diffusers floors other counts without a word (16 frames become 9), and the stride with them.
    """
    yield from frame_problems("window.frames", plan.window.frames, LTX)


@rule("overlap-frames", reads=("window.frames",))
def overlap_frames(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The overlap has 8n+1 frames and is shorter than the window, so that something is new."""
    overlap, frames = plan.window.overlap, plan.window.frames
    largest = nearest_frames(frames)[0] - LTX.frame_step
    if is_legal_frames(overlap) and overlap <= largest:
        return
    legal = tuple(count for count in nearest_frames(overlap) if count <= largest) or (largest,)
    yield Problem(
        key="window.overlap",
        message=f"window.overlap is {overlap}, expected 8n+1 frames and less than the window's "
        f"{frames}, nearest {choice(legal)}",
        remedy=f"set window.overlap to {choice(legal)}",
        evidence={"found": overlap, "nearest": list(legal), "window": frames},
    )


@rule("window-beyond-positions", reads=("window.frames", "video.fps"))
def window_beyond_positions(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """A window is at most 20 seconds, where the model's rotary positions in time end.

    497 frames are 19.88 s at 25 fps; at 24 fps the longest is 473, since 481 are 20.04 s.
    """
    seconds = plan.window.frames / plan.video.fps
    if seconds <= ROPE_SECONDS:
        return
    longest = longest_window(plan.video.fps)
    yield Problem(
        key="window.frames",
        message=f"window.frames is {plan.window.frames}, which is {seconds:.2f} s at "
        f"{plan.video.fps:g} fps, expected at most {ROPE_SECONDS:g} s, nearest {longest}",
        remedy=f"set window.frames to {longest} or less",
        evidence={"found": plan.window.frames, "nearest": [longest], "seconds": seconds},
    )


@rule("too-many-windows", reads=(*GRID, *LENGTH))
def too_many_windows(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The render has at most 10 000 windows; more is a typing error."""
    if plan.window.overlap >= plan.window.frames:
        return
    stride = stride_of(plan.window.frames, plan.window.overlap)
    count = window_count(target_frames(plan.video.seconds, plan.video.fps), stride)
    if count > MAX_WINDOWS:
        frames = decoded_frames(stride.window_latents) + (MAX_WINDOWS - 1) * stride.stride_frames
        longest = int(frames / plan.video.fps)
        yield Problem(
            key="video.seconds",
            message=f"video.seconds is {plan.video.seconds:g}, which takes {count} windows, "
            f"expected at most {MAX_WINDOWS}, nearest {longest} s",
            remedy=f"set video.seconds to {longest} or less, or make the windows longer",
            evidence={"windows": count, "nearest": [longest]},
        )


@rule(
    "token-volume",
    Severity.LOW,
    reads=("window.frames", "video.width", "video.height"),
    confidence=Confidence.MEDIUM,
)
def token_volume(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """A window holds no more tokens than LTX renders well: about 15 thousand."""
    width, height = plan.video.width, plan.video.height
    tokens = window_tokens(plan.window.frames, width, height)
    if tokens <= TOKEN_VOLUME:
        return
    longest = decoded_frames(TOKEN_VOLUME // tokens_per_latent(width, height))
    shorter = f"window.frames {longest}" if longest > 1 else "a smaller picture"
    yield Problem(
        key="window.frames",
        message=f"a window of {plan.window.frames} frames of {width} x {height} has {tokens} "
        f"tokens, quality falls from about {TOKEN_VOLUME} on, nearest {shorter}",
        remedy=f"use {shorter}, or look closely at the preflight's picture at real size",
        evidence={"tokens": tokens, "advised": TOKEN_VOLUME},
    )


@rule("thin-context", Severity.LOW, reads=(*GRID, "video.fps"), confidence=Confidence.MEDIUM)
def thin_context(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The overlap shows the next window enough to go on from: motion needs two latents at least.

    Under 15 % of a window shorter than 12 s the identity of what is shown drifts.
    """
    frames, overlap = plan.window.frames, plan.window.overlap
    share = overlap / frames
    thin = share < THIN_SHARE and frames / plan.video.fps < THIN_SECONDS
    wanted = max(9, nearest_frames(int(frames * THIN_SHARE) + 1)[-1])
    if (thin or overlap == 1) and wanted < frames:
        yield Problem(
            key="window.overlap",
            message=f"window.overlap is {overlap}, {share:.0%} of the window, which is thin "
            f"context for the next window, nearest {wanted}",
            remedy=f"set window.overlap to {wanted} or more",
            evidence={"found": overlap, "nearest": [wanted], "share": share},
        )


@rule("overlap-heavy", Severity.LOW, reads=GRID)
def overlap_heavy(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Less than two thirds of every window repeat the one before it."""
    share = plan.window.overlap / plan.window.frames
    if 2 / 3 <= share < 1:
        yield Problem(
            key="window.overlap",
            message=f"window.overlap is {plan.window.overlap}, so {share:.0%} of every window is "
            "computed only to repeat the one before it",
            remedy=f"set window.overlap to {nearest_frames(plan.window.frames // 2)[0]} or less",
        )


@rule("window-longer-than-video", Severity.LOW, reads=("window.frames", *LENGTH))
def window_longer_than_video(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The video is at least one window long; the frames past its end are thrown away."""
    target = target_frames(plan.video.seconds, plan.video.fps)
    fitting = max(9, nearest_frames(target)[-1])
    if fitting < plan.window.frames:
        yield Problem(
            key="window.frames",
            message=f"window.frames is {plan.window.frames}, the whole video has {target} frames, "
            f"nearest {fitting}",
            remedy=f"set window.frames to {fitting}",
            evidence={"found": plan.window.frames, "nearest": [fitting]},
        )


RULES = (
    window_frames,
    overlap_frames,
    window_beyond_positions,
    too_many_windows,
    token_volume,
    thin_context,
    overlap_heavy,
    window_longer_than_video,
)
