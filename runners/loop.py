"""The LTX window loop: denoise, judge, decode, window after window.

A generator of what happened. Whoever drives it stores each happening before asking for the next,
so what is stored is true and a killed run goes on from there.
"""

import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from compat.core.codec import from_data, to_data
from compat.core.model import Finding, Place, Severity
from compat.core.system import replacing
from compat.frames.judge import Expectation, Judgement, JudgeVerdict, judge
from compat.plan.geometry import FRAME_STEP
from compat.plan.model import RenderPlan
from compat.plan.schedule import Schedule, Window
from runners.engine import Engine
from runners.engines.messages import (
    DecodeAnswer,
    DecodeRequest,
    TensorStatistics,
    WindowAnswer,
    WindowRequest,
)
from runners.run_folder import RunFolder, digest
from runners.run_state import WindowState
from runners.seams import (
    HELD_LATENTS,
    blend,
    context_for,
    seam_step,
)

if TYPE_CHECKING:
    import numpy as np

    Frames = np.ndarray[Any, np.dtype[np.uint8]]

Happening = tuple[str, dict[str, object]]
Progress = Callable[[Mapping[str, object]], None]


class RunStoppedError(Exception):
    """A window came out as garbage and repeating it cannot help; ``sentences`` say why."""

    def __init__(self, window: int, reason: str, sentences: Sequence[str]) -> None:
        """Keep the window, the reason and the judge's sentences."""
        super().__init__(reason)
        self.window = window
        self.reason = reason
        self.sentences = tuple(sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopJob:
    """One loop: what to render, with what, where to, and what is there already.

    ``done`` holds the complete windows of an earlier start; the loop begins after them. ``begun``
    is the next one where its latents are on disk already: it is decoded without denoising again.
    ``in_distribution`` is False where the preflight's picture was waived: then pixels alone prove
    nothing and only hard facts stop the run.
    """

    plan: RenderPlan
    schedule: Schedule
    engine: Engine
    folder: RunFolder
    done: Mapping[int, WindowState] = field(default_factory=dict)
    begun: WindowState | None = None
    in_distribution: bool = True
    progress: Progress = lambda _message: None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendered:
    """One denoised and decoded window, before the verdict."""

    answer: WindowAnswer
    decoded: DecodeAnswer
    sha256: str


def run_windows(job: LoopJob) -> Iterator[Happening]:
    """Yield what happens from the first missing window to the last; ends or raises RunStopped."""
    reference = _reference_of(job.done.get(0))
    for window in job.schedule.windows[len(job.done) :]:
        for kind, data in _window(job, window, reference):
            yield kind, data
            if kind == "window-judged" and window.index == 0:
                reference = data["measures"]


def _window(job: LoopJob, window: Window, reference: Any) -> Iterator[Happening]:
    if job.begun is not None and window.index == len(job.done):
        rendered = _begun(job.begun)
    else:
        rendered = _denoise(job, window)
        yield "window-denoised", _denoised_data(job, window, *rendered)
    complete = _decode(job, window, *rendered)
    judgement = _look(job, window, complete, reference)
    if judgement.verdict is JudgeVerdict.GARBAGE:
        yield "window-retried", {"window": window.index, "why": _sentences(judgement)}
        complete = _again(job, window, complete, judgement)
        yield "window-denoised", _denoised_data(job, window, complete.answer, complete.sha256)
        judgement = _look(job, window, complete, reference)
        if judgement.verdict is JudgeVerdict.GARBAGE:
            raise RunStoppedError(
                window.index,
                f"window {window.index} is garbage, and again when repeated",
                _sentences(judgement),
            )
    yield "window-judged", _judged_data(window, judgement, complete)
    segment = _segment(job, window)
    # Before the event: whoever stops the loop there would leave the frames behind for good.
    job.folder.scratch(window.index).unlink(missing_ok=True)
    yield "window-decoded", segment


def _begun(state: WindowState) -> tuple[WindowAnswer, str]:
    """What an earlier start said of latents that are still on disk."""
    if state.latents is None:
        raise ValueError("a begun window has latents")
    answer = WindowAnswer(
        new=from_data(TensorStatistics, state.denoised["statistics"]),
        seconds=float(str(state.denoised["seconds"])),
        peak_memory_bytes=int(str(state.denoised["peak_memory_bytes"])),
    )
    return answer, state.latents.sha256


def _again(job: LoopJob, window: Window, before: _Rendered, judgement: Judgement) -> _Rendered:
    """Repeat with the same seed: a passing fault gives other latents or, in the decoder, frames."""
    frames = digest(job.folder.scratch(window.index))
    answer, sha256 = _denoise(job, window)
    again = _decode(job, window, answer, sha256)
    if sha256 == before.sha256 and digest(job.folder.scratch(window.index)) == frames:
        raise RunStoppedError(
            window.index,
            f"window {window.index} is garbage, and the same seed gives the very same latents and "
            "frames: it is not a passing fault",
            _sentences(judgement),
        )
    return again


def _denoise(job: LoopJob, window: Window) -> tuple[WindowAnswer, str]:
    plan = job.plan
    path = job.folder.latents(window.index)
    previous = _previous(job, window.index, window.overlap_latents)
    with replacing(path) as temporary:
        request = WindowRequest(
            prompt=window.prompt,
            negative_prompt=plan.sampling.negative_prompt,
            width=plan.video.width,
            height=plan.video.height,
            latents=window.latents,
            overlap=window.overlap_latents,
            steps=plan.sampling.steps,
            guidance=plan.sampling.guidance,
            sigmas=plan.sampling.sigmas,
            seed=window_seed(plan.sampling.seed, window.index),
            fps=plan.video.fps,
            previous=previous,
            adain=plan.window.adain,
            anchor=str(job.folder.latents(0)) if window.index else "",
            output_path=str(temporary),
        )
        answer = job.engine.window(
            request, lambda step: job.progress({"window": window.index, **step})
        )
    return answer, digest(path)


def window_seed(seed: int, window: int) -> int:
    """A seed per window, so that a resumed run draws the same noise; 2^63 - 1 at most."""
    return (seed + 7919 * window) % 2**63


def _previous(job: LoopJob, window: int, latents: int) -> tuple[str, ...]:
    """Paths of the windows before, oldest first, that hold at least ``latents`` latents."""
    paths: list[str] = []
    held = 0
    for index in range(window - 1, -1, -1):
        if held >= latents:
            break
        paths.insert(0, str(job.folder.latents(index)))
        held += job.schedule.windows[index].new_latents
    return tuple(paths)


def _decode(job: LoopJob, window: Window, answer: WindowAnswer, sha256: str) -> _Rendered:
    context = context_for(window.first_new_latent)
    last = context + window.new_latents
    request = DecodeRequest(
        paths=(*_previous(job, window.index, context), str(job.folder.latents(window.index))),
        context=max(0, context - HELD_LATENTS),
        last=last,
        frames_path=str(job.folder.scratch(window.index)),
        seed=window_seed(job.plan.sampling.seed, window.index),
    )
    job.progress({"window": window.index, "stage": "decode"})
    return _Rendered(answer=answer, decoded=job.engine.decode(request), sha256=sha256)


def _decoded(job: LoopJob, window: Window) -> "Frames":
    """The frames on disk, mapped: a long window does not fit into memory twice.

    Windows removes or rewrites no file that is mapped, so nobody keeps what this returns.
    """
    import numpy as np

    frames: Frames = np.load(job.folder.scratch(window.index), mmap_mode="r", allow_pickle=False)
    return frames


def _look(job: LoopJob, window: Window, rendered: _Rendered, reference: Any) -> Judgement:
    job.progress({"window": window.index, "stage": "judge"})
    frames = _decoded(job, window)
    new = frames[len(frames) - window.frames :]
    expectation = Expectation(
        frames=window.frames,
        width=job.plan.video.width,
        height=job.plan.video.height,
        in_distribution=job.in_distribution,
        reference=reference,
    )
    bad = rendered.decoded.decoded.non_finite + rendered.answer.new.non_finite
    return with_numbers(judge(iter(new), expectation), bad, window.index)


def with_numbers(judgement: Judgement, non_finite: int, window: int) -> Judgement:
    """Add what the tensors showed before they became pixels: NaN and Inf are garbage."""
    if not non_finite:
        return judgement
    finding = Finding(
        rule="non-finite-window",
        severity=Severity.HIGH,
        message=f"window {window} holds {non_finite} NaN or Inf values",
        place=Place(kind="frame", path=f"window {window}"),
        remedy="use bfloat16 instead of float16, or decode in float32",
    )
    return replace(judgement, verdict=JudgeVerdict.GARBAGE, findings=(finding, *judgement.findings))


def _segment(job: LoopJob, window: Window) -> dict[str, object]:
    """Write the window's final frames and keep its tail for the next; returns the event's data."""
    import numpy as np

    from compat.frames.encode import write_lossless

    started = time.perf_counter()
    folder, index = job.folder, window.index
    is_last = index == len(job.schedule.windows) - 1
    held = FRAME_STEP * HELD_LATENTS
    frames = _decoded(job, window)
    blended, seam = frames[:0], None
    if index:
        before = np.load(folder.tail(index - 1), allow_pickle=False)
        blended, frames = blend(before, frames[:held]), frames[held:]
        seam = seam_step(before, frames)
    tail = None
    if not is_last:
        with replacing(folder.tail(index)) as temporary, temporary.open("wb") as handle:
            np.save(handle, np.ascontiguousarray(frames[-held:]), allow_pickle=False)
        tail = to_data(folder.artefact(folder.tail(index)))
        frames = frames[:-held]
    kept = itertools.chain(blended, frames)
    count = write_lossless(kept, folder.segment(index), fps=job.plan.video.fps)
    return {
        "window": index,
        "segment": to_data(folder.artefact(folder.segment(index))),
        "tail": tail,
        "frames": count,
        "seam": seam,
        "seconds": time.perf_counter() - started,
    }


def _denoised_data(
    job: LoopJob, window: Window, answer: WindowAnswer, sha256: str
) -> dict[str, object]:
    path = job.folder.latents(window.index)
    return {
        "window": window.index,
        "prompt": window.prompt,
        "seed": window_seed(job.plan.sampling.seed, window.index),
        "seconds": answer.seconds,
        "latents": {"path": path.relative_to(job.folder.root).as_posix(), "sha256": sha256},
        "statistics": to_data(answer.new),
        "peak_memory_bytes": answer.peak_memory_bytes,
    }


def _judged_data(window: Window, judgement: Judgement, rendered: _Rendered) -> dict[str, object]:
    return {
        "window": window.index,
        "verdict": judgement.verdict.value,
        "sentences": _sentences(judgement),
        "findings": to_data(judgement.findings),
        "measures": dict(judgement.measures),
        "per_frame": {
            # JSON has no NaN or Inf; a measure that could not be taken is null there.
            name: [round(float(value), 5) if math.isfinite(value) else None for value in values]
            for name, values in judgement.per_frame.items()
        },
        "worst_frames": list(judgement.worst_frames),
        "frames": judgement.frames,
        "decode_seconds": rendered.decoded.seconds,
    }


def _sentences(judgement: Judgement) -> list[str]:
    return [f.message for f in judgement.findings if f.severity is not Severity.INFO]


def _reference_of(first: WindowState | None) -> Any:
    return first.judged.get("measures") if first is not None else None
