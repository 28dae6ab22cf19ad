"""The calls with which real scripts failed: seen where they fail, silent where they work."""

import pytest

from compat.core.model import Outcome
from compat.knowledge import match
from probes.media import video_encoders
from probes.scripts import components_on_two_devices

torch = pytest.importorskip("torch")


def test_the_spectrum_of_one_sample_is_refused_and_half_a_window_works(ask):
    asked = ask("short-audio-slice")
    assert asked.rules == {"short-audio-refused"}
    assert asked.measures["shortest slice that works, in samples"] == 513
    assert [entry.id for entry in match(asked.text)] == ["audio-window-past-end"]


def test_a_library_that_pads_by_itself_passes(ask, monkeypatch):
    monkeypatch.setattr(torch, "stft", lambda *_arguments, **_options: torch.zeros(1))
    assert ask("short-audio-slice").outcome is Outcome.PASS


def test_a_device_without_any_spectrum_is_seen(ask, monkeypatch):
    def refuse(*_arguments, **_options):
        raise NotImplementedError("no stft here")

    monkeypatch.setattr(torch, "stft", refuse)
    assert ask("short-audio-slice").rules == {"short-audio-refused", "audio-refused"}


def test_small_tiles_are_refused_with_the_words_of_the_real_script(ask):
    pytest.importorskip("diffusers")
    asked = ask("vae-tile-sizes")
    assert asked.rules == {"vae-tiles-refused"}
    assert "range() arg 3 must not be zero" in asked.text
    assert set(asked.measures["sizes refused"]) >= set(range(1, 43))
    for finding in asked.findings:
        assert [entry.id for entry in match(finding.message)] == ["vae-tile-zero-step"]


def test_an_autoencoder_that_takes_every_tile_passes(ask, monkeypatch):
    diffusers = pytest.importorskip("diffusers")
    monkeypatch.setattr(diffusers.AutoencoderKLLTXVideo, "enable_tiling", lambda *_a, **_o: None)
    assert ask("vae-tile-sizes").outcome is Outcome.PASS


@pytest.mark.proves("vae-tile-sizes")
def test_an_autoencoder_that_takes_no_tiles_at_all_is_seen(ask, monkeypatch):
    diffusers = pytest.importorskip("diffusers")

    def refuse(*_arguments, **_options):
        raise ValueError("no tiles")

    monkeypatch.setattr(diffusers.AutoencoderKLLTXVideo, "enable_tiling", refuse)
    assert ask("vae-tile-sizes").rules == {"vae-tiles-refused", "vae-tiling-refused"}


def test_mixed_devices_are_told_with_the_words_of_the_library(ask, monkeypatch):
    monkeypatch.setattr(components_on_two_devices, "torch_name", lambda _kind: "cpu")
    real = torch.nn.Linear.forward
    calls = []

    def mixed(layer, tokens):
        calls.append(layer)
        if len(calls) == 1:
            raise RuntimeError("Expected all tensors to be on the same device, but found two")
        return real(layer, tokens)

    monkeypatch.setattr(torch.nn.Linear, "forward", mixed)
    asked = ask("components-on-two-devices")
    assert asked.rules == {"devices-mixed-refused"}
    assert [entry.id for entry in match(asked.text)] == ["device-mismatch"]


def test_a_layer_that_fails_after_its_move_too_is_seen(ask, monkeypatch):
    monkeypatch.setattr(components_on_two_devices, "torch_name", lambda _kind: "cpu")

    def refuse(_layer, _tokens):
        raise RuntimeError("refused")

    monkeypatch.setattr(torch.nn.Linear, "forward", refuse)
    assert ask("components-on-two-devices").rules == {"devices-mixed-refused", "move-refused"}


def test_one_device_for_all_passes(ask, monkeypatch):
    monkeypatch.setattr(components_on_two_devices, "torch_name", lambda _kind: "cpu")
    assert ask("components-on-two-devices").outcome is Outcome.PASS


def test_the_encoders_of_this_machine_work(ask):
    pytest.importorskip("av")
    asked = ask("video-encoders")
    assert asked.outcome is Outcome.PASS, asked.text
    assert asked.measures["libx264"] == "works"


@pytest.mark.parametrize(("name", "outcome"), [("libx264", Outcome.FAIL), ("gif", Outcome.PASS)])
def test_a_missing_encoder_matters_where_renders_need_it(ask, monkeypatch, name, outcome):
    real = video_encoders._round_trip

    def without(encoder, path):
        if encoder == name:
            raise ValueError(f"no codec {encoder}")
        return real(encoder, path)

    monkeypatch.setattr(video_encoders, "_round_trip", without)
    asked = ask("video-encoders")
    assert asked.outcome is outcome
    assert f"the encoder {name} cannot be used" in asked.text


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda frames: frames[1:], "holds 5 frames"),
        (lambda frames: [f // 2 for f in frames], "off"),
    ],
)
def test_an_encoder_that_loses_or_changes_frames_is_seen(ask, monkeypatch, damage, words):
    real = video_encoders._round_trip
    monkeypatch.setattr(video_encoders, "_round_trip", lambda *where: damage(real(*where)))
    asked = ask("video-encoders")
    assert asked.outcome is Outcome.FAIL
    assert "encoder-wrong" in asked.rules
    assert words in asked.text
