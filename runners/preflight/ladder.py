"""The order of the checks: what is cheap and decides much comes first."""

from runners.preflight import (
    cpu_reference_check,
    decode_path_check,
    denoise_check,
    device_check,
    files_check,
    fit_check,
    guidance_check,
    identity_check,
    latents_check,
    load_check,
    own_picture_check,
    picture_check,
    plan_check,
    real_size_check,
    reference_check,
    resources_check,
    save_path_check,
    smoke_check,
    text_check,
    vae_check,
)
from runners.preflight.context import Step

STEPS: tuple[Step, ...] = (
    files_check.STEP,
    identity_check.STEP,
    fit_check.STEP,
    plan_check.STEP,
    resources_check.STEP,
    device_check.STEP,
    load_check.STEP,
    save_path_check.STEP,
    smoke_check.STEP,
    latents_check.STEP,
    denoise_check.STEP,
    text_check.STEP,
    guidance_check.STEP,
    vae_check.STEP,
    decode_path_check.STEP,
    cpu_reference_check.STEP,
    picture_check.STEP,
    own_picture_check.STEP,
)
"""What every preflight checks."""


def steps_for(*, real_size: bool, references: bool) -> tuple[Step, ...]:
    """The checks of one preflight, with those that were asked for on top."""
    asked = ((references, reference_check.STEP), (real_size, real_size_check.STEP))
    return (*STEPS, *(step for wanted, step in asked if wanted))
