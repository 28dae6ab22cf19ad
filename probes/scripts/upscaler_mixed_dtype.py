"""The latent upscalers of LTX, handed latents of another dtype."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Level, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import LIMIT_EPS, error_eps, on_device, on_host, sample

_CHANNELS = 4
_REMEDY = "cast at the call: latents.to(next(upscaler.parameters()).dtype)"


@probe(
    "upscaler-mixed-dtype",
    family="scripts",
    needs=Needs(
        modules=("torch", "diffusers"),
        devices=("cpu", "cuda", "mps"),
        level=Level.STANDARD,
    ),
)
def upscaler_mixed_dtype(session: Session) -> Iterator[Finding]:
    """The latent upscalers of LTX take float32 latents with bfloat16 weights.

    A two-stage script hands the denoiser's float32 latents to a bfloat16 upscaler, and loses the
    render in ``initial_conv``, after all of the first stage. Called by itself the model refuses;
    diffusers' pipeline for it casts the latents, and hands them on to the autoencoder in the
    upscaler's dtype. Cast where the call is made; casting in the loader does not help.
    """
    import torch

    latents = sample(1, _CHANNELS, 2, 4, 4, seed=1)
    for name, upscaler in upscalers().items():
        double = upscaler.double()
        with torch.no_grad():
            meant = double(latents.bfloat16().double())
            half = on_device(double.bfloat16(), session)
            yield from _by_itself(session, name, half, latents, meant)
    yield from _through_the_pipeline(session, latents)


def upscalers() -> dict[str, Any]:
    """The real classes, small; the weights are rounded to bfloat16, which all runs share."""
    import torch
    from diffusers.pipelines.ltx.modeling_latent_upsampler import LTXLatentUpsamplerModel
    from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        # Its norms have 32 groups, whatever the width.
        made = {
            kind.__name__: kind(in_channels=_CHANNELS, mid_channels=32, num_blocks_per_stage=1)
            for kind in (LTXLatentUpsamplerModel, LTX2LatentUpsamplerModel)
        }
    return {name: upscaler.bfloat16().eval() for name, upscaler in made.items()}


def _by_itself(
    session: Session, name: str, upscaler: Any, latents: Any, meant: Any
) -> Iterator[Finding]:
    here = on_device(latents, session)
    refusal = attempt(lambda: upscaler(here))[1]
    if refusal:
        yield fault(
            session,
            "upscaler-dtypes-refused",
            f"{name} in bfloat16 refuses float32 latents: {refusal}",
            severity=Severity.MEDIUM,
            remedy=_REMEDY,
        )
    dtype = next(upscaler.parameters()).dtype
    found, refusal = attempt(lambda: on_host(upscaler(here.to(dtype))))
    if found is None:
        text = f"{name} is refused after the cast too: {refusal}"
        yield fault(session, "upscaler-cast-refused", text)
        return
    error = error_eps(found, meant, "bfloat16")
    session.measure(f"error_eps {name}", round(error, 3))
    # Written so that NaN is refused too.
    if not error <= LIMIT_EPS["bfloat16"]:
        text = f"{name} is off by {error:.3g} eps after the cast, expected at most 4"
        yield fault(session, "upscaler-cast-wrong", text)


def _through_the_pipeline(session: Session, latents: Any) -> Iterator[Finding]:
    """The pipeline of diffusers casts by itself, so float32 latents come through in bfloat16."""
    import torch
    from diffusers import LTXLatentUpsamplePipeline

    from probes.scripts.tiny_autoencoders import AUTOENCODERS, built

    autoencoder = next(built(kind) for kind in AUTOENCODERS if kind.name == "ltx")
    upscaler = upscalers()["LTXLatentUpsamplerModel"]
    parts = {"vae": autoencoder.bfloat16(), "latent_upsampler": upscaler}
    made = on_device(LTXLatentUpsamplePipeline(**parts), session)
    made.set_progress_bar_config(disable=True)
    here = on_device(latents, session)
    frames, refusal = attempt(lambda: made(latents=here, height=128, width=128, output_type="pt"))
    session.measure("LTXLatentUpsamplePipeline", refusal or "works")
    if frames is None:
        text = f"LTXLatentUpsamplePipeline in bfloat16 refuses float32 latents: {refusal}"
        yield fault(session, "upscaler-pipeline-refused", text)
    elif not bool(torch.isfinite(on_host(frames.frames)).all()):
        text = "LTXLatentUpsamplePipeline makes values that are not finite of float32 latents"
        yield fault(session, "upscaler-pipeline-wrong", text)
