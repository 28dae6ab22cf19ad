"""The VAE gives a known clip back: the right way up, in the right colours, in the right scale."""

from collections.abc import Iterator

from compat.core.model import Confidence, Finding, Outcome, Place, Severity
from runners.engines.evidence import KnownClipAnswer
from runners.engines.messages import VaeRequest
from runners.preflight.asked_clip import vouched
from runners.preflight.clip_request import smallest
from runners.preflight.context import Answer, Context, Step, UndecidedError

GIVEN_BACK = 0.5
"""Correlation with the clip that went in. Six tiny trained VAEs of five families: 0.90 to 0.95, one
of them in bfloat16 0.77; untrained ones of eight families: below 0.26."""

VARIANT_LEAD = 0.05
"""By how much a mirrored, turned or recoloured clip must fit better than the clip itself; the known
decoded clip's own variants correlate at most 0.81 with it, which then has 0.90."""

LATENT_RMS = (1 / 3, 3.0)
"""Denoisers are trained on latents scaled to a mean of 0 and a spread of about 1, so an ordinary
clip's lie around 1 in the scale that the config names (measured on six trained VAEs: 0.50 to 1.07);
a factor of 3 is more than content explains
(the classic mix-ups are 5.5 for 0.18215 and more)."""

WORST_FRAME = 12.0
"""dB. A frame below it keeps next to nothing of the picture: a grey frame has 13 to 15 dB."""

FRAME_GAP = 10.0
"""dB between the best and the worst frame. Causal VAEs favour the first frame by a few dB."""

LARGEST_REPEAT = 0.5
"""Of a range of 2, between decoding twice. Decoders that inject noise stay far below."""

TILED_PSNR = 25.0
"""dB between decoding in tiles and whole; seams that a person sees lie below 30."""

FRAMES_OF_PICTURES = 4
"""Frames for a VAE that takes single pictures: enough to see their order."""


def check_vae(context: Context) -> Answer:
    """One encoding and one decoding of a drawn clip at the smallest legal size."""
    size = smallest(context, 1)
    frames = size.frames if size.frames > 1 else FRAMES_OF_PICTURES
    request = VaeRequest(width=size.width, height=size.height, frames=frames)
    clip = context.engine.vae(request).clip
    if clip.reason:
        raise UndecidedError(clip.reason)
    findings = list(vae_findings(clip))
    lost = clip.correlation is None or clip.correlation < GIVEN_BACK
    measures = _measures(clip)
    if lost and not findings:
        findings.append(_lost(clip, Severity.HIGH if vouched(context) else Severity.LOW))
        if not vouched(context):
            reason = f"{findings[0].message}; nobody vouches that this model is trained"
            return Answer(
                findings=tuple(findings), measures=measures, outcome=Outcome.SKIP, reason=reason
            )
    return Answer(findings=tuple(findings), measures=measures)


def vae_findings(clip: KnownClipAnswer) -> Iterator[Finding]:
    """What is wrong whatever the VAE was trained on; the rest depends on whether it was."""
    if clip.non_finite:
        yield _finding(
            "vae-not-finite",
            f"the VAE made {clip.non_finite} NaN or Inf values of a plain clip",
            "run the VAE in float32; else its file is damaged",
        )
        return
    own = clip.correlation or 0.0
    name, best = max(clip.variants, key=lambda item: item[1], default=("", 0.0))
    if best >= GIVEN_BACK and best > own + VARIANT_LEAD:
        yield _finding(
            "vae-layout",
            f"the VAE gave the known clip back {name}: correlation {best:.2f}, with the clip as "
            f"it is {own:.2f}",
            "axes or channels are exchanged between encoder and decoder: check the VAE's class",
        )
        return
    if own < GIVEN_BACK:
        return
    low, high = LATENT_RMS
    if clip.latent_rms is not None and not low <= clip.latent_rms <= high:
        yield _finding(
            "vae-config-scale",
            f"the known clip's latents have a size of {clip.latent_rms:.2g} in the scale that the "
            f"VAE's config names, expected {low:.2g} to {high:g}",
            "check scaling_factor, latents_mean and latents_std in the VAE's config",
        )
    yield from _frames(clip)
    if clip.tiled_psnr is not None and clip.tiled_psnr < TILED_PSNR:
        yield _finding(
            "vae-tiles-differ",
            f"decoding in tiles lies {clip.tiled_psnr:.1f} dB from decoding whole, expected at "
            f"least {TILED_PSNR:g}",
            "switch tiling off, or make the tiles and their overlap larger",
            severity=Severity.MEDIUM,
        )


def _frames(clip: KnownClipAnswer) -> Iterator[Finding]:
    worst, best = min(clip.frame_psnr, default=0.0), max(clip.frame_psnr, default=0.0)
    if clip.frame_psnr and worst < WORST_FRAME and best - worst > FRAME_GAP:
        frame = clip.frame_psnr.index(worst)
        yield _finding(
            "vae-frame-lost",
            f"frame {frame} of the known clip came back at {worst:.1f} dB, the best at "
            f"{best:.1f} dB, expected a gap of at most {FRAME_GAP:g}",
            "the VAE's temporal part is wrong: check its file, its class and the frame count",
        )
    if clip.repeat is not None and clip.repeat > LARGEST_REPEAT:
        yield _finding(
            "vae-not-repeatable",
            f"decoding twice differs by up to {clip.repeat:.2g} of a range of 2, expected at most "
            f"{LARGEST_REPEAT:g}",
            "suspect faulty memory, an unstable overclock or a racing kernel",
        )


def _lost(clip: KnownClipAnswer, severity: Severity) -> Finding:
    own = "nothing" if clip.correlation is None else f"{clip.correlation:.2f}"
    return _finding(
        "vae-clip-lost",
        f"what the VAE gave back of a known clip correlates {own} with it, expected at least "
        f"{GIVEN_BACK}",
        "the VAE's weights are not those of its config, or its encoder and decoder do not belong "
        "together",
        severity=severity,
    )


def _measures(clip: KnownClipAnswer) -> dict[str, object]:
    return {
        "size": clip.size,
        "psnr_db": clip.psnr,
        "frame_psnr_db": list(clip.frame_psnr),
        "correlation": clip.correlation,
        "variants": dict(clip.variants),
        "latent_rms": clip.latent_rms,
        "channel_means": list(clip.means),
        "channel_stds": list(clip.stds),
        "repeat": clip.repeat,
        "tiled_psnr_db": clip.tiled_psnr,
    }


def _finding(
    rule: str, message: str, remedy: str, *, severity: Severity = Severity.HIGH
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        confidence=Confidence.MEDIUM,
        message=message,
        place=Place(kind="node", path="vae"),
        remedy=remedy,
    )


STEP = Step(id="vae", title="VAE gives a clip back", run=check_vae, needs=("smoke",))
