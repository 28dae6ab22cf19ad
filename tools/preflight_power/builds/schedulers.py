"""The schedulers by the names that shapes use."""

from typing import Any


def scheduler(name: str, shift: float, prediction: str = "epsilon") -> Any:
    """A scheduler of diffusers; ``prediction`` counts for those that are not flow matching."""
    import diffusers

    flow = {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": shift}
    betas = {
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "linear",
        "prediction_type": prediction,
    }
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "flow-euler": ("FlowMatchEulerDiscreteScheduler", {"shift": shift}),
        "unipc": ("UniPCMultistepScheduler", flow),
        "ddim": ("DDIMScheduler", betas | {"clip_sample": False, "steps_offset": 1}),
        "euler": ("EulerDiscreteScheduler", betas),
        "dpm": ("DPMSolverMultistepScheduler", betas),
        "cogvideox-ddim": ("CogVideoXDDIMScheduler", COGVIDEOX),
        "cogvideox-dpm": ("CogVideoXDPMScheduler", COGVIDEOX),
    }
    kind, config = kinds[name]
    return getattr(diffusers, kind)(**config)


COGVIDEOX: dict[str, Any] = {
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
    "snr_shift_scale": 1.0,
}
"""What the published scheduler configs of CogVideoX-5b say."""
