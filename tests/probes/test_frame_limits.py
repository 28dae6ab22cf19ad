"""The limit of AnimateDiff is its table, FreeNoise lifts it, and lost frames are seen."""

import pytest

from compat.core.model import Outcome
from compat.knowledge import match
from probes.frame_limits import animatediff_frame_limit as limit
from probes.frame_limits import animatediff_free_noise as free_noise

FRAMES_LOST = {"animatediff-frame-limit": limit, "animatediff-free-noise": free_noise}


@pytest.fixture(scope="module", autouse=True)
def _needs_diffusers():
    pytest.importorskip("torch")
    pytest.importorskip("diffusers")


class NoPipeline:
    def enable_free_noise(self, context_length, context_stride):
        self.context = (context_length, context_stride)


def play(monkeypatch, module, frames_of):
    """Let a function of (table, frames asked for) stand for the pipeline."""
    made = {}

    def pipeline(table):
        built = NoPipeline()
        made[built] = table
        return built

    monkeypatch.setattr(module, "pipeline", pipeline)
    monkeypatch.setattr(module, "frames_of", lambda built, asked: frames_of(made[built], asked))


def test_the_real_limit_is_the_length_of_the_table_and_it_is_told(ask):
    asked = ask("animatediff-frame-limit")
    assert asked.outcome is Outcome.FAIL
    assert asked.rules == {"animatediff-frame-limit"}
    assert asked.measures == {
        "trained frames": 16,
        "longest clip with a table of 24": 24,
        "longest clip with a table of 32": 32,
    }
    assert "The size of tensor a (33) must match the size of tensor b (24)" in asked.text
    assert all(match(finding.message) for finding in asked.findings)


def test_real_free_noise_delivers_what_is_asked_for(ask):
    asked = ask("animatediff-free-noise")
    assert asked.outcome is Outcome.PASS, asked.text


@pytest.mark.proves("animatediff-frame-limit", "animatediff-free-noise")
@pytest.mark.parametrize("name", FRAMES_LOST)
def test_a_pipeline_that_delivers_16_frames_without_a_word_is_seen(ask, monkeypatch, name):
    play(monkeypatch, FRAMES_LOST[name], lambda _table, asked: min(asked, 16))
    asked = ask(name)
    assert asked.outcome is Outcome.FAIL
    assert all(rule.endswith("frames-lost") for rule in asked.rules)


def test_a_limit_below_the_table_is_another_finding(ask, monkeypatch):
    def refuse(_table, asked):
        if asked > 16:
            raise RuntimeError("only 16")
        return asked

    play(monkeypatch, limit, refuse)
    assert "animatediff-below-table" in ask("animatediff-frame-limit").rules
    play(monkeypatch, free_noise, refuse)
    assert ask("animatediff-free-noise").rules == {"free-noise-refused"}


@pytest.mark.parametrize("name", FRAMES_LOST)
def test_a_pipeline_without_a_limit_passes(ask, monkeypatch, name):
    play(monkeypatch, FRAMES_LOST[name], lambda _table, asked: asked)
    assert ask(name).outcome is Outcome.PASS
