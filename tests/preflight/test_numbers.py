"""What the ladder's numbers mean: each finding fires on its fault and is silent on health."""

from dataclasses import replace

import pytest

from runners.engines.messages import ClipAnswer, ClipRequest, RoundTrip, TensorStatistics
from runners.preflight.picture_check import round_trip_findings
from runners.preflight.smoke_check import Distances, number_findings, sensitivity_findings

REQUEST = ClipRequest(
    prompt="p", width=64, height=64, frames=9, steps=2, guidance=3.0, seed=0, latents_path=""
)
CALM = TensorStatistics(shape=(1, 8, 48), mean=0.0, std=1.0, peak=3.0, non_finite=0)
HEALTHY = ClipAnswer(
    latents=CALM,
    step_std=(1.0, 1.0),
    step_seconds=(0.1,),
    prepare_seconds=0.1,
    decode_seconds=0.1,
    seconds=0.3,
    peak_memory_bytes=1,
    decoded=replace(CALM, shape=(9, 3, 64, 64)),
)
SENSITIVE = Distances(repeat=0.0, seed=1.3, prompt=0.2)


def rules(findings):
    return [finding.rule for finding in findings]


def test_healthy_numbers_say_nothing():
    assert rules(number_findings(HEALTHY, REQUEST)) == []
    assert rules(sensitivity_findings(SENSITIVE, REQUEST)) == []


@pytest.mark.parametrize(
    ("latents", "rule"),
    [
        (replace(CALM, non_finite=1), "non-finite-latents"),
        (replace(CALM, std=0.001), "latent-spread"),
        (replace(CALM, std=900.0), "latent-spread"),
    ],
)
def test_sick_latents_are_named(latents, rule):
    assert rules(number_findings(replace(HEALTHY, latents=latents), REQUEST)) == [rule]


def test_nan_pixels_are_named():
    sick = replace(HEALTHY, decoded=replace(HEALTHY.decoded, non_finite=5))
    assert rules(number_findings(sick, REQUEST)) == ["non-finite-frames"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"repeat": 0.2, "prompt": 2.0}, "not-repeatable"),
        ({"seed": 0.0}, "seed-ignored"),
        ({"prompt": 0.0}, "prompt-ignored"),
        ({"prompt": 3e-6}, "prompt-ignored"),
        ({"repeat": 0.01, "prompt": 0.03}, "prompt-ignored"),
    ],
)
def test_an_insensitive_render_is_named(change, rule):
    assert rules(sensitivity_findings(replace(SENSITIVE, **change), REQUEST)) == [rule]


def test_noise_that_differs_between_repeats_is_allowed_below_the_prompt():
    jitter = replace(SENSITIVE, repeat=0.01)
    assert rules(sensitivity_findings(jitter, REQUEST)) == []


@pytest.mark.parametrize(
    ("trip", "expected"),
    [
        (RoundTrip(correlation=0.97, scale_ratio=1.1), []),
        (RoundTrip(correlation=0.2, scale_ratio=1.1), ["vae-round-trip"]),
        (RoundTrip(correlation=0.97, scale_ratio=5.5), ["vae-latent-scale"]),
        (RoundTrip(correlation=0.97, scale_ratio=0.18), ["vae-latent-scale"]),
        (RoundTrip(correlation=None, scale_ratio=None, reason="no encoder"), []),
        (None, []),
    ],
)
def test_what_the_round_trip_shows(trip, expected):
    assert rules(round_trip_findings(trip)) == expected


@pytest.mark.parametrize("shape", [(8, 3, 64, 64), (9, 3, 32, 64)])
def test_a_clip_of_another_shape_than_asked_is_named(shape):
    rounded = replace(HEALTHY, decoded=replace(CALM, shape=shape))
    assert rules(number_findings(rounded, REQUEST)) == ["clip-shape"]
