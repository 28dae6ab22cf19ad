"""The limit of AnimateDiff is its table, FreeNoise lifts it, and lost frames are seen."""

import pytest

from compat.core.model import Outcome, Severity
from compat.knowledge import match
from probes.frame_limits import animatediff_frame_limit as limit
from probes.frame_limits import animatediff_free_noise as free_noise

FRAMES_LOST = {"animatediff-frame-limit": limit, "animatediff-free-noise": free_noise}


@pytest.fixture(scope="module", autouse=True)
def _needs_diffusers():
    pytest.importorskip("torch")
    pytest.importorskip("diffusers")


class NoPipeline:
    free_noise = False

    def enable_free_noise(self, context_length, context_stride):
        self.context = (context_length, context_stride)
        self.free_noise = True

    def disable_free_noise(self):
        self.free_noise = False


def play(monkeypatch, module, frames_of):
    """Let a function of (table, frames asked for) stand for the pipeline."""
    made = {}

    def pipeline(table, _folder):
        built = NoPipeline()
        made[built] = table
        return built

    monkeypatch.setattr(module, "pipeline", pipeline)
    monkeypatch.setattr(module, "positions", lambda built: made[built], raising=False)
    monkeypatch.setattr(module, "frames_of", lambda built, asked: frames_of(made[built], asked))


def test_the_real_limit_is_the_length_of_the_table_and_it_is_told(ask):
    asked = ask("animatediff-frame-limit")
    assert asked.outcome is Outcome.FAIL
    assert asked.rules == {"animatediff-frame-limit", "animatediff-limits"}
    limits = [f.evidence for f in asked.findings if f.rule == "animatediff-limits"]
    assert limits == [{"table": t, "longest": t, "trained": 16} for t in (24, 32)]
    assert "The size of tensor a (33) must match the size of tensor b (24)" in asked.text
    refused = [f for f in asked.findings if f.rule == "animatediff-frame-limit"]
    assert all(
        [entry.id for entry in match(f.message)] == ["animatediff-position-table"] for f in refused
    )


def test_the_measures_are_the_table_that_was_asked_for(ask):
    measures = ask("animatediff-frame-limit").measures
    for table in (24, 32):
        assert measures[f"positions loaded of a table of {table}"] == table
        assert measures[f"table of {table}, 16 frames"] == "delivered 16"
        for asked in (24, 25, 32, 33, 64):
            state = measures[f"table of {table}, {asked} frames"]
            beyond = f"delivered {asked}, beyond the 16 of the training"
            assert state == beyond if asked <= table else state.startswith("refused: RuntimeError")


def test_a_module_whose_table_changes_when_it_is_loaded_is_seen(ask, monkeypatch):
    play(monkeypatch, limit, lambda _table, asked: asked)
    monkeypatch.setattr(limit, "positions", lambda _built: 32)
    asked = ask("animatediff-frame-limit")
    assert "animatediff-table-changed" in asked.rules
    assert "a table of 24 positions has 32 after from_pretrained" in asked.text


def test_the_module_is_loaded_from_its_own_folder(tmp_path):
    from probes.frame_limits.tiny_animatediff import pipeline, positions

    built = pipeline(24, tmp_path)
    assert positions(built) == 24
    assert {file.name for file in (tmp_path / "motion-24").iterdir()} == {
        "config.json",
        "diffusion_pytorch_model.safetensors",
    }


def test_real_free_noise_delivers_what_is_asked_for(ask):
    asked = ask("animatediff-free-noise")
    assert asked.outcome is Outcome.PASS, asked.text
    for table in (24, 32):
        for frames in (25, 32, 64):
            assert asked.measures[f"table of {table}, {frames} frames"] == frames
        off = asked.measures[f"table of {table}, {table + 1} frames, free noise off"]
        assert "must match the size of tensor" in off


def test_free_noise_that_cannot_be_switched_off_is_seen(ask, monkeypatch):
    play(monkeypatch, free_noise, lambda table, asked: 16 if asked == table + 1 else asked)
    asked = ask("animatediff-free-noise")
    assert "free-noise-left-behind" in asked.rules


@pytest.mark.proves("animatediff-frame-limit", "animatediff-free-noise")
@pytest.mark.parametrize("name", FRAMES_LOST)
def test_a_pipeline_that_delivers_16_frames_without_a_word_is_seen(ask, monkeypatch, name):
    play(monkeypatch, FRAMES_LOST[name], lambda _table, asked: min(asked, 16))
    asked = ask(name)
    assert asked.outcome is Outcome.FAIL
    severe = {f.rule for f in asked.findings if f.severity is Severity.HIGH}
    assert all(rule.endswith(("frames-lost", "left-behind")) for rule in severe)


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
