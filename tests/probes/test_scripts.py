"""The calls with which real scripts failed: seen where they fail, silent where they work."""

import sys
import types
from dataclasses import replace

import pytest

from compat.core.collect import collect
from compat.core.model import Finding, Outcome, Probe, Target
from compat.knowledge import match
from probes.media import video_encoders
from probes.scripts import components_on_two_devices, pipeline_without_to, vae_tile_sizes
from probes.scripts.tiny_autoencoders import AUTOENCODERS
from runners.child.probing import run_probe

PROBES = collect("probes", Probe)

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


FAMILIES = {kind.name: kind for kind in AUTOENCODERS}


@pytest.fixture(scope="module")
def tiles_asked(tmp_path_factory):
    """What the probe says here, asked once."""
    pytest.importorskip("diffusers")
    from compat.core.codec import from_data

    said = []
    target = Target(device="cpu")
    run_probe(PROBES["vae-tile-sizes"], target, str(tmp_path_factory.mktemp("tiles")), said.append)
    findings = [from_data(Finding, message["finding"]) for message in said if "finding" in message]
    return findings, {m["measure"]: m["value"] for m in said if "measure" in m}


def test_every_size_of_every_family_has_an_answer(tiles_asked):
    findings, measures = tiles_asked
    assert set(measures) == set(FAMILIES)
    for states in measures.values():
        assert sorted(number for text in states.values() for number in numbers(text)) == list(
            range(1, 64)
        )
    assert {finding.rule for finding in findings} == {
        "vae-tiles-refused",
        "vae-tiles-silently-wrong",
    }


def numbers(text):
    """Read back "1 to 3, 5"."""
    for part in text.split(", "):
        first, _, last = part.partition(" to ")
        yield from range(int(first), int(last or first) + 1)


def test_the_words_of_the_real_script_are_told_and_known(tiles_asked):
    findings, measures = tiles_asked
    assert "range() arg 3 must not be zero" in "".join(finding.message for finding in findings)
    assert measures["ltx"]["refused"] == "1 to 42"
    for finding in findings:
        known = "refused" if finding.rule == "vae-tiles-refused" else "displaced"
        expected = {"refused": "vae-tile-zero-step", "displaced": "vae-tile-displaced"}[known]
        assert [entry.id for entry in match(finding.message)] == [expected]


def test_a_step_that_is_no_whole_number_of_latents_is_silently_wrong(tiles_asked):
    _, measures = tiles_asked
    for name, kind in FAMILIES.items():
        fitting = [str(size) for size in range(1, 64) if size % kind.safe_tile == 0]
        assert measures[name].get("works", "") == ", ".join(fitting), name


def test_a_class_that_takes_every_tile_passes(ask, monkeypatch):
    """Tiling that is never switched on is tiling without a fault."""
    pytest.importorskip("diffusers")
    still = tuple(replace(kind, tile=lambda _vae, _size: None) for kind in AUTOENCODERS[:2])
    monkeypatch.setattr(vae_tile_sizes, "AUTOENCODERS", still)
    asked = ask("vae-tile-sizes")
    assert asked.outcome is Outcome.PASS, asked.text
    assert asked.measures["ltx"] == {"works": "1 to 63"}


@pytest.mark.proves("vae-tile-sizes")
def test_a_class_that_takes_no_tiles_at_all_is_seen(ask, monkeypatch):
    pytest.importorskip("diffusers")

    def refuse(_vae, _size):
        raise ValueError("no tiles")

    monkeypatch.setattr(vae_tile_sizes, "AUTOENCODERS", (replace(FAMILIES["mochi"], tile=refuse),))
    assert ask("vae-tile-sizes").rules == {"vae-tiles-refused", "vae-tiling-broken"}


def test_tiles_that_come_out_shifted_where_they_should_fit_are_seen(ask, monkeypatch):
    diffusers = pytest.importorskip("diffusers")
    real = diffusers.AutoencoderKLHunyuanVideo.tiled_decode

    def shifted(self, *arguments, **options):
        result = real(self, *arguments, **options)
        result.sample = result.sample.roll(1, dims=-1)
        return result

    monkeypatch.setattr(vae_tile_sizes, "AUTOENCODERS", (FAMILIES["hunyuan-video"],))
    monkeypatch.setattr(diffusers.AutoencoderKLHunyuanVideo, "tiled_decode", shifted)
    assert "vae-tiling-broken" in ask("vae-tile-sizes").rules


def test_upscalers_refuse_mixed_dtypes_as_known_and_the_cast_works(ask):
    pytest.importorskip("diffusers")
    asked = ask("upscaler-mixed-dtype")
    assert asked.rules == {"upscaler-dtypes-refused"}
    assert len(asked.findings) == 2
    for finding in asked.findings:
        assert [entry.id for entry in match(finding.message)] == ["conv-mixed-dtype"]
    assert asked.measures["LTXLatentUpsamplePipeline"] == "works"


@pytest.mark.proves("upscaler-mixed-dtype")
@pytest.mark.parametrize("damage", [lambda t: t * 1.5, lambda t: t * float("nan")])
def test_an_upscaler_that_is_wrong_after_the_cast_is_seen(ask, broken, damage):
    pytest.importorskip("diffusers")
    with broken("convolution", damage=damage):
        asked = ask("upscaler-mixed-dtype")
    assert "upscaler-cast-wrong" in asked.rules


def test_a_pipeline_that_forgets_its_cast_is_seen(ask, monkeypatch):
    pytest.importorskip("diffusers")
    from diffusers.pipelines.ltx import modeling_latent_upsampler as ltx

    wide = property(lambda _model: torch.float32)
    monkeypatch.setattr(ltx.LTXLatentUpsamplerModel, "dtype", wide)
    assert "upscaler-pipeline-refused" in ask("upscaler-mixed-dtype").rules


def test_an_upscaler_that_takes_any_dtype_passes(ask, monkeypatch):
    pytest.importorskip("diffusers")
    from diffusers.pipelines.ltx import modeling_latent_upsampler as ltx
    from diffusers.pipelines.ltx2 import latent_upsampler as ltx_2

    for kind in (ltx.LTXLatentUpsamplerModel, ltx_2.LTX2LatentUpsamplerModel):
        real = kind.forward

        def lenient(self, latents, real=real):
            return real(self, latents.to(self.dtype))

        monkeypatch.setattr(kind, "forward", lenient)
    asked = ask("upscaler-mixed-dtype")
    assert asked.outcome is Outcome.PASS, asked.text


def test_wrappers_and_tuples_cannot_be_moved_and_their_parts_can(ask):
    pytest.importorskip("diffusers")
    asked = ask("pipeline-without-to")
    assert asked.rules == {"pipeline-not-movable"}
    assert len(asked.findings) == 2
    for finding in asked.findings:
        assert [entry.id for entry in match(finding.message)] == ["pipeline-without-to"]
    assert asked.measures["LTXPipeline"] is True


def test_objects_that_move_pass(ask, monkeypatch):
    pytest.importorskip("diffusers")
    whole = torch.nn.ModuleDict({"vae": torch.nn.Linear(2, 2)})
    monkeypatch.setattr(
        pipeline_without_to, "_objects", lambda _folder: {"a pipeline": lambda: whole}
    )
    monkeypatch.setattr(pipeline_without_to, "_parts", lambda held: list(held.values()))
    assert ask("pipeline-without-to").outcome is Outcome.PASS


@pytest.mark.proves("pipeline-without-to")
def test_parts_that_stay_behind_are_seen(ask, monkeypatch):
    pytest.importorskip("diffusers")
    monkeypatch.setattr(torch.nn.Module, "to", lambda self, *_where: self)
    assert "parts-not-movable" in ask("pipeline-without-to").rules


def test_a_pipeline_class_of_diffusers_without_to_is_seen(ask, monkeypatch):
    diffusers = pytest.importorskip("diffusers")
    monkeypatch.setattr(diffusers, "WanPipeline", object)
    asked = ask("pipeline-without-to")
    assert "diffusers-pipeline-without-to" in asked.rules


@pytest.fixture
def mmgp(monkeypatch):
    """The shared state of mmgp, which is a plain dictionary there too."""
    offload = types.ModuleType("mmgp.offload")
    offload.shared_state = {}
    package = types.ModuleType("mmgp")
    package.offload = offload
    monkeypatch.setitem(sys.modules, "mmgp", package)
    monkeypatch.setitem(sys.modules, "mmgp.offload", offload)
    return offload


def test_a_missing_attention_mode_is_told_in_the_words_of_the_real_script(ask, mmgp):
    asked = ask("shared-attention-state")
    assert asked.rules == {"shared-attention-missing"}
    assert [entry.id for entry in match(asked.text)] == ["shared-attention-missing"]
    assert mmgp.shared_state == {}


def test_an_attention_mode_that_is_set_passes_and_stays(ask, mmgp):
    mmgp.shared_state["_attention"] = "sage2"
    assert ask("shared-attention-state").outcome is Outcome.PASS
    assert mmgp.shared_state == {"_attention": "sage2"}


@pytest.mark.proves("shared-attention-state")
def test_a_state_that_forgets_what_was_set_is_seen(ask, mmgp):
    class Forgetful(dict):
        def __setitem__(self, key, value):
            pass

    mmgp.shared_state = Forgetful()
    assert "shared-attention-lost" in ask("shared-attention-state").rules


def test_tile_sizes_in_the_wrong_form_are_told_as_known(ask):
    pytest.importorskip("diffusers")
    asked = ask("vae-tile-size-none")
    assert asked.rules == {"tile-size-refused-late"}
    assert len(asked.findings) == 2
    for finding in asked.findings:
        assert [entry.id for entry in match(finding.message)] == ["vae-tile-size-none"]
    assert asked.measures["WanGP's way, the pair (4, 256)"] == "works"
    assert asked.measures["diffusers, None"] == "works"


def test_a_library_that_refuses_a_pair_at_once_leaves_only_the_script_to_tell(ask, monkeypatch):
    diffusers = pytest.importorskip("diffusers")
    real = diffusers.AutoencoderKLLTXVideo.enable_tiling

    def strict(self, **sizes):
        if any(isinstance(size, tuple) for size in sizes.values()):
            raise TypeError("a tile size is one number")
        return real(self, **sizes)

    monkeypatch.setattr(diffusers.AutoencoderKLLTXVideo, "enable_tiling", strict)
    asked = ask("vae-tile-size-none")
    assert len(asked.findings) == 1
    assert "NoneType" in asked.text


@pytest.mark.proves("vae-tile-size-none")
def test_a_library_that_refuses_none_is_seen(ask, monkeypatch):
    diffusers = pytest.importorskip("diffusers")

    def strict(_self, **sizes):
        if None in sizes.values():
            raise TypeError("no tile size")

    monkeypatch.setattr(diffusers.AutoencoderKLLTXVideo, "enable_tiling", strict)
    assert "tile-size-none-refused-by-diffusers" in ask("vae-tile-size-none").rules


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
