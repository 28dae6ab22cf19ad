"""The pipeline decodes latents as its VAE does: nothing is exchanged or scaled on the way."""

import math
from dataclasses import replace

from compat.core.model import Finding, Place, Severity
from runners.engines.evidence import DecodePathAnswer
from runners.preflight.clip_request import clip_request
from runners.preflight.context import Answer, Context, Step, UndecidedError
from runners.preflight.smoke_check import SMOKE_STEPS

ROUNDINGS = 16.0
"""Rounding units, relative to the frames' contrast, that scaling the latents and back may cost:
four times what was measured over ten pipelines in bfloat16 (46 dB and more); float32 gave equal
frames."""

FINEST = 2.0**-10
"""CUDA computes float32 convolutions in TF32 by default, so float32 is held to its 10 bits."""

SCALING = 4.0
"""Rounding units that scaling latents and back may move them: each of a pipeline's four operations
rounds by half a unit (to the denoiser's dtype, the factor, the product, the sum), and float32, in
which the check scales, does so four times more."""


def check_decode_path(context: Context) -> Answer:
    """A tiny render whose last step hands over the latents of a clip that is known."""
    request = clip_request(context, "path", steps=SMOKE_STEPS)
    path = context.engine.decode_path(replace(request, round_trip=False)).path
    if path.reason or path.psnr is None:
        raise UndecidedError(path.reason or "nothing was decoded")
    limit = limit_of(path)
    found = path.psnr < limit and not rounding_alone(path)
    measures = {
        "psnr_db": path.psnr,
        "limit_db": limit,
        "handed_units": path.handed,
        "handed_psnr_db": path.handed_psnr,
    }
    findings = (_other_frames(path.psnr, limit),) if found else ()
    return Answer(findings=findings, measures=measures)


def rounding_alone(path: DecodePathAnswer) -> bool:
    """Whether the VAE was handed the known latents but for rounding, and its frames were kept.

    Then other frames are the doing of a VAE that turns a rounding into another picture, as
    untrained ones do in half precision.
    """
    kept = path.handed_psnr is not None and path.handed_psnr >= limit_of(path)
    return kept and path.handed is not None and path.handed <= SCALING


def limit_of(path: DecodePathAnswer) -> float:
    """What the PSNR must reach; 0 dB for frames that are all one grey, which nothing can tell."""
    if path.contrast <= 0:
        return 0.0
    return -20 * math.log10(ROUNDINGS * max(path.epsilon, FINEST) * path.contrast)


def _other_frames(decibels: float, limit: float) -> Finding:
    return Finding(
        rule="decode-path-differs",
        severity=Severity.HIGH,
        message=f"the pipeline decodes known latents to frames {decibels:.1f} dB from those of its "
        f"VAE, expected at least {limit:.1f}",
        place=Place(kind="node", path="decode"),
        remedy="the latents are exchanged, mirrored or scaled between denoiser and VAE: the class "
        "of the pipeline does not fit this VAE, or reads another scale than its config's",
    )


STEP = Step(
    id="decode-path",
    title="latents reach the VAE whole",
    run=check_decode_path,
    needs=("smoke",),
)
