"""Which window renders which frames with which prompt, by whole latents so that nothing drifts."""

from collections.abc import Iterator
from dataclasses import dataclass

from compat.core.errors import UsageError
from compat.plan.geometry import (
    Stride,
    decoded_frames,
    is_legal_frames,
    stride_of,
    target_frames,
    tokens_per_latent,
    window_count,
)
from compat.plan.limits import MAX_WINDOWS, outside
from compat.plan.model import PromptAt, RenderPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One window and what it adds to the video.

    It covers ``latents`` latent frames from ``first_latent`` on, of which the first
    ``overlap_latents`` repeat what earlier windows made. ``first_frame`` to ``end_frame`` (not
    included) are the pixel frames it adds; those of the last window may reach past the end of the
    video. ``start_seconds`` is its place on the grid of windows, to which prompts snap.
    """

    index: int
    first_latent: int
    latents: int
    overlap_latents: int
    new_latents: int
    first_frame: int
    end_frame: int
    start_seconds: float
    prompt: str

    @property
    def first_new_latent(self) -> int:
        """The first latent frame that this window adds."""
        return self.first_latent + self.overlap_latents

    @property
    def frames(self) -> int:
        """How many pixel frames it adds."""
        return self.end_frame - self.first_frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """What became of one prompt: the window it begins with, and how far that moved it.

    ``snapped_seconds`` is the start of that window. The window's first frames repeat the one
    before it, so the prompt shows in the picture from ``visible_seconds`` on. ``used`` is false
    where a later prompt begins with the same window and takes its place.
    """

    prompt: int
    text: str
    asked_seconds: float
    snapped_seconds: float
    visible_seconds: float
    window: int
    used: bool

    @property
    def shift_seconds(self) -> float:
        """How much later than asked the window begins; at most half a stride either way."""
        return self.snapped_seconds - self.asked_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Every window of a render and the numbers that follow from them.

    ``total_frames`` is what the latents decode to and ``target_frames`` what the MP4 holds; the
    difference is trimmed off the end. ``steps`` counts denoising steps of one window.
    """

    windows: tuple[Window, ...]
    boundaries: tuple[Boundary, ...]
    total_latents: int
    total_frames: int
    target_frames: int
    stride_frames: int
    stride_seconds: float
    width: int
    height: int
    fps: float
    steps: int

    @property
    def trim_frames(self) -> int:
        """Frames that the last window renders past the end of the video."""
        return self.total_frames - self.target_frames

    @property
    def tokens_per_latent(self) -> int:
        """Transformer tokens of one latent frame."""
        return tokens_per_latent(self.width, self.height)

    @property
    def window_tokens(self) -> int:
        """Transformer tokens of one window, overlap included."""
        return self.windows[0].latents * self.tokens_per_latent


def schedule(plan: RenderPlan) -> Schedule:
    """Lay the windows of ``plan`` out over its seconds; LTX models only.

    Raises ``UsageError`` where the numbers have no whole-latent arithmetic;
    :func:`compat.plan.validate.violations` says so first, with the nearest legal values.
    """
    _refuse_illegal(plan)
    stride = stride_of(plan.window.frames, plan.window.overlap)
    target = target_frames(plan.video.seconds, plan.video.fps)
    count = window_count(target, stride)
    boundaries = snap(plan.prompts, stride, plan.video.fps, count)
    windows = tuple(_windows(stride, plan.video.fps, _prompts_of(boundaries, count)))
    return Schedule(
        windows=windows,
        boundaries=boundaries,
        total_latents=windows[-1].first_latent + windows[-1].latents,
        total_frames=windows[-1].end_frame,
        target_frames=target,
        stride_frames=stride.stride_frames,
        stride_seconds=stride.stride_frames / plan.video.fps,
        width=plan.video.width,
        height=plan.video.height,
        fps=plan.video.fps,
        steps=step_count(plan),
    )


def step_count(plan: RenderPlan) -> int:
    """Denoising steps of one window; a sigma of 0 is the end of the last step, not a step."""
    return sum(sigma > 0 for sigma in plan.sampling.sigmas) or plan.sampling.steps


def snap(
    prompts: tuple[PromptAt, ...], stride: Stride, fps: float, windows: int
) -> tuple[Boundary, ...]:
    """Move every prompt to the nearest start of a window; halves go to the even window.

    A window has one prompt: two prompts inside one mix the conditioning of a single iteration.
    Where two prompts meet in one window the later one wins, and past the last window's start the
    last window is the nearest.
    """
    seconds = stride.stride_frames / fps
    places = [min(max(0, round(prompt.at / seconds)), windows - 1) for prompt in prompts]
    return tuple(
        Boundary(
            prompt=number,
            text=prompt.text,
            asked_seconds=prompt.at,
            snapped_seconds=place * seconds,
            visible_seconds=_first_frame(place, stride) / fps,
            window=place,
            used=place not in places[number + 1 :],
        )
        for number, (prompt, place) in enumerate(zip(prompts, places, strict=True))
    )


def _first_frame(index: int, stride: Stride) -> int:
    return decoded_frames(index * stride.new_latents + stride.overlap_latents) if index else 0


def _prompts_of(boundaries: tuple[Boundary, ...], count: int) -> Iterator[str]:
    starts = {boundary.window: boundary.text for boundary in boundaries}
    text = next(iter(starts.values()), "")
    for index in range(count):
        text = starts.get(index, text)
        yield text


def _windows(stride: Stride, fps: float, prompts: Iterator[str]) -> Iterator[Window]:
    for index, prompt in enumerate(prompts):
        overlap = stride.overlap_latents if index else 0
        first = index * stride.new_latents
        yield Window(
            index=index,
            first_latent=first,
            latents=stride.window_latents,
            overlap_latents=overlap,
            new_latents=stride.window_latents - overlap,
            first_frame=_first_frame(index, stride),
            end_frame=decoded_frames(first + stride.window_latents),
            start_seconds=index * stride.stride_frames / fps,
            prompt=prompt,
        )


def _refuse_illegal(plan: RenderPlan) -> None:
    keys = ("video.fps", "video.seconds", "window.frames", "window.overlap")
    wild = [key for key in keys if outside(plan, key)]
    legal = not wild and _has_arithmetic(plan)
    if not legal:
        raise UsageError(
            f"windows of {plan.window.frames} frames with {plan.window.overlap} of overlap at "
            f"{plan.video.fps:g} fps over {plan.video.seconds:g} s have no whole-latent arithmetic",
            "framegate plan shows every broken rule and the nearest legal values",
        )


def _has_arithmetic(plan: RenderPlan) -> bool:
    frames, overlap = plan.window.frames, plan.window.overlap
    if not (is_legal_frames(frames) and is_legal_frames(overlap) and overlap < frames):
        return False
    target = target_frames(plan.video.seconds, plan.video.fps)
    return window_count(target, stride_of(frames, overlap)) <= MAX_WINDOWS
