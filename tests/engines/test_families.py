"""Every family renders tiny: its frames, numbers, steps, and how seed and prompt move it.

All tests here are parametrised by family; the pipelines are real classes with random weights.
"""

from dataclasses import replace

import numpy as np
import pytest

from compat.identify.identify import identify
from runners.engines.messages import ClipRequest
from runners.preflight.compare import read_latents, relative_distance
from runners.preflight.smoke_check import Distances, number_findings, sensitivity_findings

# Mochi's transformer asks for float32 autocast, which the CPU has not and does not need.
AUTOCAST = pytest.mark.filterwarnings("ignore:In CPU autocast:UserWarning")

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("engines"), AUTOCAST]

FAMILIES = {
    "ltx": "ltx",
    "ltx-image": "ltx",
    "ltx2": "ltx2",
    "wan": "wan",
    "wan21": "wan",
    "wan-image": "wan",
    "hunyuan-video": "hunyuan-video",
    "animatediff": "animatediff",
    "cogvideox": "cogvideox",
    "mochi": "mochi",
}
"""Builder of the tiny pipeline -> family it must be identified as."""


@pytest.fixture(scope="module", params=FAMILIES)
def rendered(request, tiny, local_engine, tmp_path_factory):
    """Engine, smallest legal request and its answer, once for each family."""
    folder = tiny(request.param)
    found = identify(folder)
    assert (found.family, found.findings) == (FAMILIES[request.param], ())
    scratch = tmp_path_factory.mktemp(request.param)
    asked = ClipRequest(
        prompt="a cat",
        width=found.traits.min_side,
        height=found.traits.min_side,
        frames=found.traits.frame_step + found.traits.frame_offset,
        steps=2,
        guidance=3.0,
        seed=1,
        latents_path=str(scratch / "latents.safetensors"),
        frames_path=str(scratch / "frames.npy"),
        round_trip=True,
    )
    engine = local_engine(folder)
    return engine, asked, engine.clip(asked), scratch


def test_the_frames_are_those_that_were_asked_for(rendered):
    _, asked, answer, _ = rendered
    frames = np.load(asked.frames_path)
    assert frames.shape == (asked.frames, asked.height, asked.width, 3)
    assert answer.decoded.shape == (asked.frames, 3, asked.height, asked.width)
    assert frames.std() > 1


def test_numbers_and_steps_are_reported(rendered):
    _, asked, answer, _ = rendered
    assert list(number_findings(answer, asked)) == []
    assert len(answer.step_std) == 2
    assert answer.latents.std == pytest.approx(answer.step_std[-1])
    assert -1 <= answer.round_trip.correlation <= 1
    assert answer.round_trip.scale_ratio > 0


def test_seed_and_prompt_move_the_latents_and_repeating_does_not(rendered):
    engine, asked, _, scratch = rendered
    base = read_latents(scratch / "latents.safetensors")

    def distance(**changes):
        path = scratch / "other.safetensors"
        engine.clip(replace(asked, latents_path=str(path), frames_path="", **changes))
        return relative_distance(base, read_latents(path))

    distances = Distances(
        repeat=distance(),
        seed=distance(seed=2),
        prompt=distance(prompt="an empty dark room at night"),
    )
    assert list(sensitivity_findings(distances, asked)) == []
    assert distances.repeat == 0


def test_one_step_is_enough_or_raised_to_the_fewest_there_are(rendered):
    engine, asked, _, scratch = rendered
    answer = engine.clip(
        replace(asked, steps=1, frames_path="", latents_path=str(scratch / "one.safetensors"))
    )
    fewest = 2 if engine.opened.pipeline == "MochiPipeline" else 1
    assert len(answer.step_std) == fewest
