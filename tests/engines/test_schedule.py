"""The formulas agree with every scheduler of diffusers that can be followed, and with no other."""

import pytest

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines")]

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from runners.engines.step_trace import StepTracer  # noqa: E402 - needs torch

LINEAR = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
FOLLOWED = {
    "flow": ("FlowMatchEulerDiscreteScheduler", {"shift": 3.0}),
    "flow of mochi": ("FlowMatchEulerDiscreteScheduler", {"invert_sigmas": True}),
    "flow with karras sigmas": ("FlowMatchEulerDiscreteScheduler", {"use_karras_sigmas": True}),
    "flow with shift at the end": ("FlowMatchEulerDiscreteScheduler", {"shift_terminal": 0.1}),
    "unipc of wan": (
        "UniPCMultistepScheduler",
        {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 3.0},
    ),
    "unipc": ("UniPCMultistepScheduler", LINEAR),
    "unipc of velocity": ("UniPCMultistepScheduler", {**LINEAR, "prediction_type": "v_prediction"}),
    "dpm": ("DPMSolverMultistepScheduler", LINEAR),
    "dpm of flow": (
        "DPMSolverMultistepScheduler",
        {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 5.0},
    ),
    "dpm of the first order": ("DPMSolverMultistepScheduler", {**LINEAR, "solver_order": 1}),
    "deis": ("DEISMultistepScheduler", LINEAR),
    "ddim": ("DDIMScheduler", {**LINEAR, "clip_sample": False}),
    "ddim that clips": ("DDIMScheduler", {**LINEAR, "clip_sample": True}),
    "ddim of velocity": (
        "DDIMScheduler",
        {**LINEAR, "clip_sample": False, "prediction_type": "v_prediction"},
    ),
    "ddim with zero signal at the start": (
        "DDIMScheduler",
        {
            **LINEAR, "clip_sample": False, "prediction_type": "v_prediction",
            "rescale_betas_zero_snr": True, "timestep_spacing": "trailing",
        },
    ),
    "ddim that predicts the picture": (
        "DDIMScheduler",
        {**LINEAR, "clip_sample": False, "prediction_type": "sample"},
    ),
    "ddim that ends early": (
        "DDIMScheduler",
        {**LINEAR, "clip_sample": False, "set_alpha_to_one": False},
    ),
    "ddim of cogvideox": (
        "CogVideoXDDIMScheduler",
        {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "snr_shift_scale": 1.0},
    ),
    "euler": ("EulerDiscreteScheduler", LINEAR),
    "euler of animatediff": (
        "EulerDiscreteScheduler",
        {**LINEAR, "timestep_spacing": "trailing", "beta_schedule": "linear"},
    ),
}  # fmt: skip
NOT_FOLLOWED = {
    "ancestral": ("EulerAncestralDiscreteScheduler", LINEAR),
    "ddpm": ("DDPMScheduler", LINEAR),
    "lcm": ("LCMScheduler", LINEAR),
    "heun": ("HeunDiscreteScheduler", LINEAR),
    "pndm": ("PNDMScheduler", {**LINEAR, "skip_prk_steps": True}),
    "lms": ("LMSDiscreteScheduler", LINEAR),
    "dpm with noise": (
        "DPMSolverMultistepScheduler",
        {**LINEAR, "algorithm_type": "sde-dpmsolver++"},
    ),
    "flow with noise": ("FlowMatchEulerDiscreteScheduler", {"stochastic_sampling": True}),
}


def traced(name, settings, steps=6):
    """The trace of a smooth made-up model under this scheduler."""
    scheduler = getattr(diffusers, name)(**settings)
    scheduler.set_timesteps(steps)
    torch.manual_seed(0)
    sample = torch.randn(1, 4, 3, 8, 8) * getattr(scheduler, "init_noise_sigma", 1.0)
    target = torch.randn(1, 4, 3, 8, 8)
    tracer = StepTracer()
    for timestep in scheduler.timesteps:
        given = sample.clone()
        output = (
            0.7 * target + 0.3 * torch.tanh(scheduler.scale_model_input(sample, timestep))
            if hasattr(scheduler, "scale_model_input")
            else 0.7 * target + 0.3 * torch.tanh(sample)
        )
        sample = scheduler.step(output, timestep, sample, return_dict=False)[0]
        tracer.saw(scheduler, given, output, timestep, sample)
    return tracer


@pytest.mark.parametrize("case", FOLLOWED)
def test_each_step_is_what_the_formula_says(case):
    from runners.preflight.latents_check import step_limit

    tracer = traced(*FOLLOWED[case])
    assert len(tracer.steps) == 6
    for step in tracer.steps:
        assert step.step_error is not None
        assert step.step_error <= step_limit(step)


@pytest.mark.parametrize("case", FOLLOWED)
def test_a_step_twice_as_long_is_not(case):
    from runners.preflight.latents_check import step_limit

    name, settings = FOLLOWED[case]
    scheduler = getattr(diffusers, name)(**settings)
    scheduler.set_timesteps(6)
    torch.manual_seed(0)
    sample, output = torch.randn(2, 1, 4, 3, 8, 8).unbind()
    sample = sample * getattr(scheduler, "init_noise_sigma", 1.0)
    timestep = scheduler.timesteps[0]
    after = scheduler.step(output, timestep, sample.clone(), return_dict=False)[0]
    tracer = StepTracer()
    tracer.saw(scheduler, sample, output, timestep, sample + 2 * (after - sample))
    assert tracer.steps[0].step_error > step_limit(tracer.steps[0])


@pytest.mark.parametrize("case", FOLLOWED)
def test_the_noise_falls(case):
    from runners.preflight.denoise_check import schedule_findings

    assert list(schedule_findings(tuple(traced(*FOLLOWED[case]).steps))) == []


@pytest.mark.parametrize("case", NOT_FOLLOWED)
def test_a_scheduler_that_cannot_be_followed_is_not_held_to_a_formula(case):
    from runners.preflight.denoise_check import schedule_findings

    tracer = traced(*NOT_FOLLOWED[case])
    assert all(step.step_error is None for step in tracer.steps)
    assert list(schedule_findings(tuple(tracer.steps))) == []


def test_the_formula_takes_a_clean_clip_apart():
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(4)
    torch.manual_seed(0)
    clean, noise = torch.randn(2, 1, 4, 2, 4, 4).unbind()
    tracer = StepTracer()
    sample = noise
    for timestep in scheduler.timesteps:
        after = scheduler.step(noise - clean, timestep, sample, return_dict=False)[0]
        tracer.saw(scheduler, sample, noise - clean, timestep, after)
        sample = after
    assert abs(tracer.steps[0].clean_match) < 0.2
    assert tracer.steps[-1].clean_move < 1e-6
    assert sample == pytest.approx(clean, abs=1e-5)


@pytest.mark.parametrize("shape", [(1, 64), (1, 4, 16, 8, 8), (1, 16, 3, 32, 32)])
def test_white_noise_has_no_echo_and_noise_that_repeats_or_is_smooth_has(shape):
    from runners.engines.step_trace import echo
    from runners.preflight.latents_check import START_ECHO

    torch.manual_seed(1)
    noise = torch.randn(shape)
    assert echo(noise) < START_ECHO
    assert echo(torch.zeros(shape)) is None
    if noise.ndim == 5:
        assert echo(noise[:, :, :1].expand_as(noise)) > START_ECHO
        assert echo((noise + noise.roll(1, -1)) / 2) > START_ECHO
