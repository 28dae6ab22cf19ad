"""diffusers' own detection is asked, and what it says is held against framegate's answer."""

import pytest

from compat.core.model import Outcome
from probes.loaders.diffusers_knows_file import _SD1_KEY
from probes.loaders.loader_names import COMFYUI, DIFFUSERS, FOREIGN, covers, meanings

pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

LTX_2B = {
    "patchify_proj.weight": [2048, 128],
    "scale_shift_table": [2, 2048],
    **{f"transformer_blocks.{n}.scale_shift_table": [6, 2048] for n in range(28)},
}
WAN_5B = {"head.modulation": [1, 2, 3072], "patch_embedding.weight": [3072, 48, 1, 2, 2]}
NAME = "diffusers-knows-file"


@pytest.fixture(scope="module")
def files(fixtures_on_path):
    import loader_files

    return loader_files


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
def test_diffusers_agrees_on_a_file_both_know(ask, files, prefix):
    shapes = {prefix + name: shape for name, shape in LTX_2B.items()}
    asked = ask(NAME, material=files.material(shapes, "ltx-video-2b"))
    assert asked.outcome is Outcome.PASS, asked.text
    assert asked.measures["agrees"] is True
    assert asked.measures["said"] == "'ltx-video'"
    assert asked.measures["version"] == diffusers.__version__
    assert "LTX-Video" in asked.measures["details"]["config"]


def test_a_detection_that_goes_astray_is_a_disagreement_with_both_answers(ask, files, monkeypatch):
    from diffusers.loaders import single_file_utils

    monkeypatch.setattr(single_file_utils, "infer_diffusers_model_type", lambda _: "wan-t2v-14B")
    asked = ask(NAME, material=files.material(LTX_2B, "ltx-video-2b"))
    assert asked.rules == {"second-opinion-disagrees"}
    (found,) = asked.findings
    for word in (
        "wan-t2v-14B",
        "wan-t2v-14b",
        "ltx-video-2b",
        f"diffusers {diffusers.__version__}",
    ):
        assert word in found.message
    assert found.severity == "medium"


def test_diffusers_takes_a_48_channel_wan_for_another_one(ask, files):
    asked = ask(NAME, material=files.material(WAN_5B, "wan-2-2-ti2v-5b"))
    assert asked.rules == {"second-opinion-disagrees"}
    assert "'wan-i2v-14B'" in asked.text


def test_what_diffusers_does_not_know_is_never_called_stable_diffusion(ask, files):
    asked = ask(NAME, material=files.material(files.RESNET))
    assert (asked.outcome, asked.measures["said"]) == (Outcome.PASS, "")
    asked = ask(NAME, material=files.material(files.RESNET, "mochi-1"))
    assert asked.rules == {"loader-does-not-know"}
    assert asked.measures["said"] == ""
    assert "does not know this file" in asked.text


def test_a_real_stable_diffusion_file_keeps_its_name(ask, files):
    question = files.material({_SD1_KEY: [320, 640, 1, 1]}, "sd-1-5", "stable-diffusion")
    asked = ask(NAME, material=question)
    assert (asked.outcome, asked.measures["said"]) == (Outcome.PASS, "'v1'"), asked.text


def test_a_detection_that_raises_is_told_in_its_words(ask, files):
    table = "down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0."
    shapes = {f"{table}attention_blocks.0.pos_encoder.pe": [1, 32, 320]}
    asked = ask(NAME, material=files.material(shapes, "animatediff-v3", role="motion-module"))
    assert asked.rules == {"second-opinion-refused"}
    assert "KeyError" in asked.text


def test_a_detection_that_reads_weights_could_not_tell(ask, files):
    # This branch of diffusers compares a weight with zero.
    shapes = {
        "control_layers.14.adaLN_modulation.0.weight": [8, 8],
        "control_noise_refiner.0.before_proj.weight": [8, 8],
    }
    asked = ask(NAME, material=files.material(shapes))
    assert asked.outcome is Outcome.SKIP
    assert "reads weights to detect it" in asked.reason


@pytest.mark.parametrize("role", ["text-encoder", "lora", "upscaler"])
def test_diffusers_is_not_asked_about_roles_it_has_no_words_for(ask, files, role):
    question = files.material(files.RESNET, "t5-xxl", role=role)
    assert ask(NAME, material=question).outcome is Outcome.SKIP


@pytest.mark.parametrize(
    ("identifier", "rule", "severity"),
    [
        ("unknown", "second-opinion-unmapped", "info"),
        ("mochi-1", "second-opinion-disagrees", "medium"),
    ],
)
def test_a_model_that_is_none_of_framegates_is_shown_as_it_is(
    ask, files, identifier, rule, severity
):
    shapes = {"double_blocks.0.img_attn.norm.key_norm.scale": [128]}
    asked = ask(NAME, material=files.material(shapes, identifier))
    assert [(f.rule, f.severity) for f in asked.findings] == [(rule, severity)]
    assert "'flux-schnell'" in asked.text


def test_a_file_that_only_the_loader_names_is_a_disagreement(ask, files):
    asked = ask(NAME, material=files.material(LTX_2B))
    assert asked.rules == {"second-opinion-disagrees"}
    assert "framegate does not know it" in asked.text


def test_names_in_the_data_are_names_that_diffusers_has():
    from diffusers.loaders.single_file_utils import DIFFUSERS_DEFAULT_PIPELINE_PATHS

    assert set(DIFFUSERS) <= set(DIFFUSERS_DEFAULT_PIPELINE_PATHS)
    assert not FOREIGN & {*DIFFUSERS, *COMFYUI}


def test_a_name_means_what_its_configuration_says():
    names = meanings(COMFYUI, "WAN21_T2V", {"dim": 1536, "in_dim": 16})
    assert covers(names, "wan-t2v-1-3b", "wan", by_family=False)
    assert not covers(names, "wan-t2v-14b", "wan", by_family=False)
    assert covers(names, "wan-2-1-vae", "wan", by_family=True)
    assert meanings(COMFYUI, "WAN21_T2V", {"dim": 7}) == ()
    assert meanings(COMFYUI, "NoSuchName", {}) is None
