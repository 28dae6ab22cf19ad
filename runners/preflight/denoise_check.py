"""Denoising makes progress: noise falls, the start is left behind, the prediction settles."""

import itertools
from collections.abc import Iterator, Sequence
from statistics import correlation

from compat.core.model import Finding, Place, Severity
from runners.engines.evidence import StepTrace
from runners.preflight.asked_clip import asked_clip
from runners.preflight.context import Answer, Context, Step, UndecidedError

START_KEPT = 0.99
"""Correlation of the final latents with the noise they started from: above it less than 2 % of
their variance has changed (1 - 0.99^2), so the clip is that noise."""

END_NOISE = 0.2
"""The schedule's last share of noise. The published ones end at 0 (flow matching) or 0.03 (DDIM
without set_alpha_to_one)."""

NOISE_IN_CLEAN = 0.5
"""Correlation of the clean prediction with the start noise, median over the steps. A trained model
tells the two apart (measured: within 0.05 of 0); one that cannot hands the noise back (untrained
models of eight families: 0.5 to 0.9)."""

TIMESTEP_MATCH = 0.99
"""Correlation between the scheduler's timesteps and those the denoiser is told. Rounding to
bfloat16 keeps 0.99999, another unit (0 to 1) keeps 1; reversed or stuck ones give -1 and 0."""

OVERSHOOT = 1.0
"""The last prediction moves less than the largest move before: a step of the size of the clean
latents themselves at the very end means that nothing has settled."""


def check_denoise(context: Context) -> Answer:
    """The course of the same small clip: where it began, where it went, whether it arrived."""
    _, answer = asked_clip(context)
    steps = answer.trace
    if not steps:
        raise UndecidedError("the pipeline's scheduler was never seen to step")
    return Answer(
        findings=(
            *schedule_findings(steps),
            *timestep_findings(steps, answer.denoiser_timesteps),
            *progress_findings(steps),
        ),
        measures=progress_measures(steps),
    )


def progress_measures(steps: tuple[StepTrace, ...]) -> dict[str, object]:
    """The course of every number, so that a report can plot it."""
    return {
        "start_match": [step.start_match for step in steps],
        "clean_match": [step.clean_match for step in steps],
        "clean_move": [step.clean_move for step in steps],
    }


def schedule_findings(steps: tuple[StepTrace, ...]) -> Iterator[Finding]:
    """The share of noise falls with every step and is small at the end."""
    place = Place(kind="node", path="scheduler")
    shares = [step.noise for step in steps] + [steps[-1].next_noise]
    known = [share for share in shares if share is not None]
    if len(known) < 2:
        return
    last = len(known) - 1
    for number, (before, after) in enumerate(itertools.pairwise(known), start=1):
        # DDIM without set_alpha_to_one ends on the level of its last timestep.
        if after > before or (after == before and number < last):
            yield _finding(
                "noise-not-falling",
                f"the schedule's noise goes from {before:.3g} to {after:.3g} in step {number}, "
                "expected less after every step",
                place,
                "the sigmas are reversed or repeat; check scheduler_config.json and the sigmas of "
                "the plan",
            )
            return
    if len(known) == len(shares) and known[-1] > END_NOISE * max(1.0, known[0]):
        yield _finding(
            "noise-left",
            f"the schedule ends with a share of {known[-1]:.3g} of noise, expected at most "
            f"{END_NOISE:g}",
            place,
            "the schedule stops early: check the number of steps and the sigmas",
        )


def timestep_findings(steps: tuple[StepTrace, ...], told: tuple[float, ...]) -> Iterator[Finding]:
    """The denoiser is told the timesteps of the scheduler, in whatever unit."""
    asked = [step.timestep for step in steps]
    if len(told) != len(asked) or len(set(asked)) < 3:
        return
    match = _correlation(asked, told)
    if match < TIMESTEP_MATCH:
        yield _finding(
            "timestep-not-followed",
            f"the denoiser was told timesteps from {told[0]:.4g} to {told[-1]:.4g}, the scheduler "
            f"went from {asked[0]:.4g} to {asked[-1]:.4g} (correlation {match:.2f}, expected at "
            f"least {TIMESTEP_MATCH})",
            Place(kind="node", path="denoise"),
            "the pipeline hands on other timesteps than its scheduler's: their classes do not fit",
        )


def _correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Pearson's; 0 where one of the two does not change."""
    return correlation(first, second) if len(set(first)) > 1 and len(set(second)) > 1 else 0.0


def progress_findings(steps: tuple[StepTrace, ...]) -> Iterator[Finding]:
    """The end is not the start, and the prediction does not jump at the very end."""
    place = Place(kind="node", path="denoise")
    kept = steps[-1].start_match if steps else None
    if kept is not None and kept > START_KEPT:
        yield _finding(
            "still-start-noise",
            f"after {len(steps)} steps the latents correlate {kept:.4f} with the noise of the "
            f"start, expected below {START_KEPT}",
            place,
            "the scheduler does not step, or the model's output is next to nothing",
        )
    moves = [step.clean_move for step in steps if step.clean_move is not None]
    if len(moves) >= 3 and moves[-1] > OVERSHOOT and moves[-1] >= max(moves[:-1]):
        yield _finding(
            "prediction-diverges",
            f"the clean prediction moved {moves[-1]:.2g} times its own size in the last step, more "
            "than in any before; expected it to settle",
            place,
            "the prediction type, the sigmas or the guidance do not fit this model",
        )


def prediction_findings(steps: tuple[StepTrace, ...]) -> Iterator[Finding]:
    """Start noise in the clean predictions of a model that somebody vouches for.

    Asked of the picture's clip alone: an untrained model, or one far below its size, may fail it.
    """
    known = sorted(step.clean_match for step in steps if step.clean_match is not None)
    middle = known[len(known) // 2] if known else 0.0
    if middle > NOISE_IN_CLEAN:
        yield _finding(
            "noise-not-predicted",
            f"the clean prediction correlates {middle:.2f} with the noise of the start, expected "
            f"at most {NOISE_IN_CLEAN}: the model does not tell noise from picture",
            Place(kind="node", path="denoise"),
            "the transformer's weights, their scales or the prediction type are wrong",
        )


def _finding(rule: str, message: str, place: Place, remedy: str) -> Finding:
    return Finding(rule=rule, severity=Severity.HIGH, message=message, place=place, remedy=remedy)


STEP = Step(id="denoise", title="denoising progresses", run=check_denoise, needs=("latents",))
