"""The latents stay numbers, follow the scheduler's own formula and keep their variety.

All limits hold for an untrained model too: they follow from the schedule and from arithmetic.
"""

from collections.abc import Iterator

from compat.core.model import Finding, Place, Severity
from runners.engines.evidence import LatentStatistics, StepTrace
from runners.engines.messages import ClipAnswer
from runners.preflight.asked_clip import asked_clip
from runners.preflight.context import Answer, Context, Step, UndecidedError
from runners.preflight.step_plot import step_plot

ROUNDINGS = 16.0
"""Rounding units that one scheduler step may be off: it is a handful of additions. Measured over
ten pipelines: below one unit."""

SOLVER_SLACK = 2.0
"""A solver of a higher order corrects by what the clean prediction moved, at most about once over
in the predictor and once in the corrector (Zhao et al. 2023, UniPC)."""

OUTPUT_SPREAD = (0.02, 8.0)
"""What a denoiser predicts (noise, velocity) has a spread of 1 to 1.5 by its training target, with
guidance up to about 3; below a fiftieth it says nothing, above 8 its weights are out of scale."""

CLEAN_SPREAD = 8.0
"""The clean prediction of flow and velocity models is a sum of two unit spreads; 8 is beyond any
guidance."""

START_SPREAD = (0.5, 2.0)
"""The spread of at least 32 random normal values lies within 0.5 to 1.5 of their own, four standard
errors away; half and double are scales of their own."""

START_ECHO = 7.0
"""Standard deviations. The largest of a million correlations of white noise stays below 5.3
(square root of 2 ln n); noise that repeats for two frames of 1000 values gives 16."""

FLAT = 1e-4
"""Less of the variance than this across space, between frames or in a channel is a constant: the
noise that stays in the latents of even a black, still clip is larger."""

ONE_PATTERN = 1 - 1e-6
"""More of the energy than this in one pattern means that all channels repeat each other."""


def check_latents(context: Context) -> Answer:
    """One small clip of six steps, followed step by step."""
    _, answer = asked_clip(context)
    if not answer.trace:
        raise UndecidedError("the pipeline's scheduler was never seen to step")
    findings = [*step_findings(answer), *collapse_findings(answer.channels)]
    picture = step_plot(answer.trace, context.job.scratch / "steps.png")
    return Answer(findings=tuple(findings), measures=_measures(answer), pictures=picture)


def step_findings(answer: ClipAnswer) -> Iterator[Finding]:
    """The first step that went wrong, and how; what follows from it is not told again."""
    count = len(answer.trace)
    yield from start_findings(answer.trace)
    for number, step in enumerate(answer.trace, start=1):
        place = Place(kind="node", path="denoise", detail=f"step {number} of {count}")
        found = list(_of_step(step, place, answer.prediction))
        yield from found
        if found:
            return


def start_findings(steps: tuple[StepTrace, ...]) -> Iterator[Finding]:
    """The noise that the first step was given: its spread, and whether it is random at all."""
    if not steps:
        return
    first, place = steps[0], Place(kind="node", path="latents", detail="start")
    low, high = START_SPREAD
    if first.start_std is not None and not low <= first.start_std <= high:
        yield _finding(
            "start-noise-off",
            f"the start noise spreads {first.start_std:.2g} times as wide as the scheduler asks "
            f"for, expected {low:g} to {high:g}",
            place,
            "the noise is scaled twice or not at all: check init_noise_sigma and the pipeline",
        )
    elif first.start_echo is not None and first.start_echo > START_ECHO:
        yield _finding(
            "start-noise-repeats",
            f"the start noise resembles itself, shifted, by {first.start_echo:.1f} standard "
            f"deviations, expected at most {START_ECHO:g}: it repeats or is smooth",
            place,
            "the random generator of this device is broken, or the noise is reused for every frame",
        )


def _of_step(step: StepTrace, place: Place, prediction: str) -> Iterator[Finding]:
    if step.output_non_finite or step.non_finite:
        inside = "the model's output" if step.output_non_finite else "the scheduler's result"
        yield _finding(
            "step-not-finite",
            f"{inside} holds {step.output_non_finite or step.non_finite} NaN or Inf values, first "
            f"in {place.detail}",
            place,
            "bfloat16 instead of float16 where the output overflows; else look for NaN weights",
        )
        return
    low, high = OUTPUT_SPREAD
    if not low <= step.output_std <= high:
        yield _finding(
            "output-out-of-scale",
            f"the model's output has a spread of {step.output_std:.3g} in {place.detail}, expected "
            f"{low:g} to {high:g}",
            place,
            "the transformer's weights or their scales are wrong; check the quantisation",
        )
        return
    if step.step_error is not None and step.step_error > step_limit(step):
        yield _finding(
            "step-off-schedule",
            f"{place.detail} ended {step.step_error:.2g} away from what the scheduler's formula "
            f"gives, expected at most {step_limit(step):.2g} (relative)",
            place,
            "the scheduler's settings or its step are wrong: compare scheduler_config.json with "
            "the published one",
        )
    # Noise predictions are divided by the signal's share, which is small in the first steps.
    if prediction in ("flow", "v_prediction") and (step.clean_std or 0) > CLEAN_SPREAD:
        yield _finding(
            "latents-exploded",
            f"the clean latents that {place.detail} predicts spread {step.clean_std:.3g}, expected "
            f"at most {CLEAN_SPREAD:g}",
            place,
            "lower the guidance, or check the transformer's weights and the prediction type",
        )


def step_limit(step: StepTrace) -> float:
    """How far a step may end from the first-order formula: rounding, and the solver's order."""
    return ROUNDINGS * step.epsilon + SOLVER_SLACK * step.slack


def collapse_findings(latents: LatentStatistics | None) -> Iterator[Finding]:
    """Channels, space or frames that hold nothing of their own in the final latents."""
    if latents is None or not latents.stds:
        return
    place = Place(kind="node", path="denoise", detail="final latents")
    typical = sorted(latents.stds)[len(latents.stds) // 2]
    dead = [n for n, std in enumerate(latents.stds) if std <= FLAT * typical]
    remedy = "the denoiser's last layer or the packing of its output is wrong; check its weights"
    if dead or typical == 0:
        yield _finding(
            "latent-channel-constant",
            f"{len(dead)} of {len(latents.stds)} latent channels are constant, first {dead[0]}",
            place,
            remedy,
        )
        return
    if latents.space_share is not None and latents.space_share <= FLAT:
        yield _finding(
            "latents-flat",
            f"only {latents.space_share:.1e} of the latents' variance lies across the picture, "
            f"expected more than {FLAT:.0e}: every place is the same",
            place,
            remedy,
        )
    if latents.frame_change is not None and latents.frame_change <= FLAT:
        yield _finding(
            "latent-frames-repeat",
            f"all latent frames are the same within {latents.frame_change:.1e}, expected more than "
            f"{FLAT:.0e} of noise between them",
            place,
            remedy,
        )
    if latents.rank_share is not None and latents.rank_share >= ONE_PATTERN:
        yield _finding(
            "latent-channels-repeat",
            f"all {len(latents.stds)} latent channels repeat one pattern",
            place,
            remedy,
        )


def _measures(answer: ClipAnswer) -> dict[str, object]:
    """The course of every number, so that a report can plot it."""
    steps = answer.trace
    latents = answer.channels
    return {
        "prediction": answer.prediction or "unknown",
        "noise": [step.noise for step in steps],
        "latent_std": [step.std for step in steps],
        "output_std": [step.output_std for step in steps],
        "clean_std": [step.clean_std for step in steps],
        "step_error": [step.step_error for step in steps],
        "channel_means": list(latents.means) if latents else None,
        "channel_stds": list(latents.stds) if latents else None,
        "space_share": latents.space_share if latents else None,
        "frame_change": latents.frame_change if latents else None,
        "rank_share": latents.rank_share if latents else None,
    }


def _finding(rule: str, message: str, place: Place, remedy: str) -> Finding:
    return Finding(rule=rule, severity=Severity.HIGH, message=message, place=place, remedy=remedy)


STEP = Step(id="latents", title="every step: latents", run=check_latents, needs=("smoke",))
