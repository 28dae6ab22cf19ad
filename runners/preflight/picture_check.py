"""Rung (b) of the ladder: a clip where this model is in distribution, judged by its pixels."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from compat.core.model import Confidence, Finding, Outcome, Place, Severity
from compat.frames.encode import write_lossless, write_mp4
from compat.frames.judge import Expectation, Judgement, JudgeVerdict, judge
from compat.frames.sheet import contact_sheet
from runners.engines.messages import ClipAnswer, ClipRequest, RoundTrip
from runners.preflight.clip_request import clip_request, picture_size
from runners.preflight.context import Answer, Context, Step, UndecidedError
from runners.preflight.denoise_check import (
    prediction_findings,
    progress_findings,
    progress_measures,
)
from runners.preflight.latents_check import collapse_findings, step_findings
from runners.preflight.smoke_check import number_findings
from runners.preflight.step_plot import step_plot

ROUND_TRIP_CORRELATION = 0.5
"""A VAE that is handed its own kind of latents finds them again (real VAEs: above 0.9); latents of
another model's kind, scale or layout come back as something else."""

SCALE_RATIO = (1 / 3, 3.0)
"""Diffusion models are trained on latents scaled to about unit spread. The decoded latents must
spread like those of an ordinary picture, within a factor that content alone does not explain."""


def check_picture(context: Context) -> Answer:
    """A clip at a size the model was made for is video, and its VAE agrees with its latents."""
    size = picture_size(context)
    if size is None:
        raise UndecidedError(
            "nobody has said at which size this model gives a good picture, so none was judged; "
            "set [picture] width, height, frames in the plan"
        )
    request = replace(
        clip_request(context, "picture", steps=size.steps, size=size),
        sigmas=own_sigmas(context),
        round_trip=True,
    )
    answer = context.engine.clip(request, lambda step: context.progress("picture", step))
    context.notes.clips.append((request, answer))
    judgement, sheet = look_at(context, request)
    time_encoding(context, request)
    findings = (
        *number_findings(answer, request),
        *step_findings(answer),
        *collapse_findings(answer.channels),
        *progress_findings(answer.trace),
        *prediction_findings(answer.trace),
        *round_trip_findings(answer.round_trip),
        *judgement.findings,
    )
    pictures = (str(sheet), *step_plot(answer.trace, context.job.scratch / "picture-steps.png"))
    measures = _measures(request, answer, judgement, size.source)
    return _answer(judgement, findings, pictures, measures)


def own_sigmas(context: Context) -> tuple[float, ...]:
    """The plan's sigmas as the loop takes them: a closing 0 is the scheduler's own to add."""
    return tuple(sigma for sigma in context.job.plan.sampling.sigmas if sigma > 0)


def look_at(context: Context, request: ClipRequest) -> tuple[Judgement, Path]:
    """Judge the frames the worker wrote and draw their contact sheet."""
    frames = np.load(request.frames_path, mmap_mode="r")
    expectation = Expectation(
        frames=request.frames, width=request.width, height=request.height, fps=None
    )
    started = time.perf_counter()
    judgement = judge(iter(frames), expectation)
    seconds = time.perf_counter() - started
    context.notes.judge_seconds_per_frame = seconds / max(1, len(frames))
    context.notes.judged_pixels = request.width * request.height
    sheet = context.job.scratch / "picture.png"
    contact_sheet(iter(frames), judgement, sheet)
    return judgement, sheet


def time_encoding(context: Context, request: ClipRequest) -> None:
    """Write the clip as the loop would, lossless and as MP4, to know what a frame costs."""
    frames = np.load(request.frames_path, mmap_mode="r")
    plan = context.job.plan
    started = time.perf_counter()
    write_lossless(iter(frames), context.job.scratch / "picture.mkv", fps=plan.video.fps)
    preview = context.job.scratch / "picture.mp4"
    write_mp4(iter(frames), preview, fps=plan.video.fps, crf=plan.output.crf)
    context.notes.encode_seconds_per_frame = (time.perf_counter() - started) / max(1, len(frames))


def round_trip_findings(trip: RoundTrip | None) -> Iterator[Finding]:
    """What decoding and encoding again shows about the VAE and the scale of the latents."""
    place = Place(kind="node", path="vae")
    if trip is None or trip.reason:
        return
    if trip.correlation is not None and trip.correlation < ROUND_TRIP_CORRELATION:
        yield Finding(
            rule="vae-round-trip",
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
            message=f"re-encoding the decoded clip gives latents that correlate "
            f"{trip.correlation:.2f} with those decoded, expected at least "
            f"{ROUND_TRIP_CORRELATION}",
            place=place,
            remedy="the latents are not of this VAE's kind: wrong VAE, wrong scale, or noise",
        )
    low, high = SCALE_RATIO
    if trip.scale_ratio is not None and not low <= trip.scale_ratio <= high:
        yield Finding(
            rule="vae-latent-scale",
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
            message=f"the decoded latents spread {trip.scale_ratio:.2g} times as wide as those of "
            f"an ordinary picture, expected {low:.2g} to {high:.2g}",
            place=place,
            remedy="check scaling_factor, latents_mean and latents_std in the VAE's config",
        )


def _answer(
    judgement: Judgement,
    findings: tuple[Finding, ...],
    pictures: tuple[str, ...],
    measures: dict[str, object],
) -> Answer:
    sick = any(finding.severity is Severity.HIGH for finding in findings)
    outcome, reason = None, ""
    if judgement.verdict is JudgeVerdict.GARBAGE:
        outcome = Outcome.FAIL
    elif judgement.verdict is JudgeVerdict.UNDECIDED and not sick:
        outcome, reason = Outcome.SKIP, "the judge could not decide"
    elif judgement.verdict in (JudgeVerdict.GOOD, JudgeVerdict.SUSPECT) and not sick:
        # A suspicion is shown and kept; alone it does not stop a render (the snowstorm rule).
        outcome = Outcome.PASS
    if outcome is Outcome.FAIL and findings:
        reason = max(findings, key=lambda finding: finding.severity.rank).message
    return Answer(
        findings=findings, measures=measures, pictures=pictures, outcome=outcome, reason=reason
    )


def _measures(
    request: ClipRequest, answer: ClipAnswer, judgement: Judgement, source: str
) -> dict[str, object]:
    trip = answer.round_trip
    return {
        "size": f"{request.width}x{request.height}x{request.frames}",
        "size_from": source,
        "steps": request.steps,
        "verdict": judgement.verdict.value,
        "latent_std": answer.latents.std,
        "round_trip_correlation": trip.correlation if trip else None,
        "scale_ratio": trip.scale_ratio if trip else None,
        "seconds": answer.seconds,
        "peak_memory_bytes": answer.peak_memory_bytes,
        **progress_measures(answer.trace),
        **judgement.measures,
    }


STEP = Step(id="picture", title="real picture: pixels", run=check_picture, needs=("smoke",))
