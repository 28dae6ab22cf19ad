"""Every fault there is."""

from tools.preflight_power.faults import (
    autoencoder,
    kernels,
    latents,
    noise,
    saving,
    scheduling,
    text,
    weights,
)
from tools.preflight_power.faults.fault import Fault

STAGES = ("weights", "text", "noise", "scheduler", "denoiser", "latents", "vae", "output")

FAULTS: tuple[Fault, ...] = (
    *weights.FAULTS,
    *text.FAULTS,
    *noise.FAULTS,
    *scheduling.FAULTS,
    *kernels.FAULTS,
    *latents.FAULTS,
    *autoencoder.FAULTS,
    *saving.FAULTS,
)


def fault_named(fault_id: str) -> Fault:
    """The fault called ``fault_id``; ``KeyError`` where there is none."""
    return {fault.id: fault for fault in FAULTS}[fault_id]
