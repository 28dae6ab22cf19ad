"""The denoiser finds the clip again that it has just drawn, better than a straight line does."""

from pathlib import Path

from compat.core.model import Confidence, Finding, Place, Severity
from runners.engines.messages import OwnPictureRequest
from runners.preflight.context import Answer, Context, Step, UndecidedError

BEST_GUESS = 1.0
"""The error of the best straight-line guess, which knows the clip's own means and spreads. The mean
squared error is what denoisers are trained on, so a trained one stays below it; this is a bound
from what the model is for, not from cases."""


def check_own_picture(context: Context) -> Answer:
    """Three levels of noise on the picture's own clip, one call of the denoiser each."""
    request = next(
        (clip for clip, _ in reversed(context.notes.clips) if _is_picture(clip.frames_path)), None
    )
    if request is None:
        raise UndecidedError("there is no clip at a size at which this model draws pictures")
    own = context.engine.own_picture(OwnPictureRequest(clip=request)).own
    if own.reason or not own.ratios:
        raise UndecidedError(own.reason or "the denoiser was never asked")
    worst = max(range(len(own.ratios)), key=lambda number: own.ratios[number])
    found = own.ratios[worst] > BEST_GUESS
    findings = [_not_found(own.ratios[worst], own.shares[worst])] if found else []
    measures = {"noise_shares": list(own.shares), "error_ratios": list(own.ratios)}
    return Answer(findings=tuple(findings), measures=measures)


def _is_picture(path: str) -> bool:
    return Path(path).name == "picture.npy"


def _not_found(ratio: float, share: float) -> Finding:
    return Finding(
        rule="own-picture-not-found",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=f"asked for its own clip under {share:.0%} of noise the denoiser is off by "
        f"{ratio:.3g} times the error of a straight-line guess, expected less than {BEST_GUESS:g}",
        place=Place(kind="node", path="denoise"),
        remedy="the denoiser's weights are damaged, exchanged, incomplete or too strongly changed "
        "by a LoRA, or the VAE is not its own: verify the files, load without the LoRA, compare "
        "the quantisation",
    )


STEP = Step(
    id="own-picture",
    title="model knows its own picture",
    run=check_own_picture,
    needs=("smoke",),
)
