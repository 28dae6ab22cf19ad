"""Right sets are silent, wrong ones are named with the two numbers that disagree."""

import json
from itertools import pairwise

import pytest

from compat.core.model import Severity
from compat.identify.model import Identification, Role
from compat.identify.pairing.model import Identified
from compat.identify.pairing.pair import pair, rules

LTX2 = ("ltx-2-19b", "gemma-3-12b", "ltx-2-vae", "ltx-2-audio-vae", "ltx-2-vocoder")
RIGHT = [
    ("ltx-video-2b", "t5-xxl", "ltx-vae-0-9-5"),
    ("ltx-video-2b", "t5-xxl", "ltx-vae-0-9-5", "ltx-2b-lora"),
    ("ltx-video-13b", "t5-xxl", "ltx-vae-0-9-5", "ltx-upscaler"),
    (*LTX2, "ltx-2-upscaler"),
    (*LTX2, "ltx-2-0-lora"),
    ("ltx-2-3-22b", "gemma-3-12b", "ltx-2-3-vae", "ltx-2-3-projection", "ltx-2-3-lora"),
    ("ltx-2-5-22b", "gemma-4-12b-ltx", "ltx-2-5-vae"),
    ("wan-t2v-1-3b", "umt5-xxl", "wan-2-1-vae"),
    ("wan-t2v-14b", "umt5-xxl", "wan-2-1-vae", "wan-14b-lora"),
    ("wan-i2v-14b", "umt5-xxl", "wan-2-1-vae", "clip-vision-h", "wan-lora-of-i2v"),
    ("wan-2-2-ti2v-5b", "umt5-xxl", "wan-2-2-vae"),
    ("hunyuan-video", "llava-llama3-8b", "clip-l", "hunyuan-vae"),
    ("hunyuan-video-1-5", "qwen-2-5-vl-7b", "byt5-glyph", "hunyuan-1-5-vae"),
    ("cogvideox-5b", "t5-xxl", "cogvideox-vae"),
    ("mochi-1", "t5-xxl", "mochi-vae"),
    ("sd15", "clip-l", "sd-vae", "animatediff-v3"),
    ("sd15", "clip-l", "sd-vae", "animatediff-v3", "motion-lora"),
    ("wan-t2v-14b", "umt5-xxl", "wan-2-1-vae", "esrgan"),
    ("sdxl", "clip-l", "clip-g", "sd-vae", "animatediff-sdxl-beta"),
    # a folder of several models: each has what it needs
    (*LTX2, "wan-t2v-14b", "umt5-xxl", "wan-2-1-vae", "ltx-video-2b", "t5-xxl", "ltx-vae-0-9-5"),
    ("wan-2-2-ti2v-5b", "wan-2-2-vae", "wan-t2v-1-3b", "wan-2-1-vae", "umt5-xxl"),
]


@pytest.mark.parametrize("names", RIGHT, ids=lambda names: names[0])
def test_a_right_set_gives_no_finding(found, names):
    assert found(*names, complete=True) == {}


def test_the_two_experts_of_wan_2_2_are_a_right_set(make, found):
    high = make("wan-2-2-i2v-a14b", "wan2.2_i2v_high_noise_14B.safetensors", content="a")
    low = make("wan-2-2-i2v-a14b", "wan2.2_i2v_low_noise_14B.safetensors", content="b")
    assert found(high, low, "umt5-xxl", "wan-2-1-vae", complete=True) == {}


WRONG = [
    # LTXV with Gemma, LTX-2 with T5 (incident R02)
    (("ltx-video-2b", "gemma-3-12b", "ltx-vae-0-9-5"), "text-width", 3840, 4096),
    (("ltx-2-19b", "t5-xxl"), "text-width", 4096, 3840),
    (("ltx-2-3-22b", "t5-xxl"), "text-width", 4096, 188160),
    (("hunyuan-video-1-5", "llava-llama3-8b"), "text-width", 4096, 3584),
    (("wan-t2v-14b", "t5-xxl"), "vocabulary", 32128, [256384]),
    (("ltx-video-2b", "umt5-xxl"), "vocabulary", 256384, [32128]),
    # Wan 2.2 A14B with the Wan 2.2 VAE, the 5B with the 2.1 VAE
    (("wan-2-2-i2v-a14b", "wan-2-2-vae"), "latent-channels", 48, 36),
    (("wan-t2v-14b", "wan-2-2-vae"), "latent-channels", 48, 16),
    (("wan-2-2-ti2v-5b", "wan-2-1-vae"), "latent-channels", 16, 48),
    (("ltx-video-2b", "sd-vae"), "latent-channels", 4, 128),
    (("sd15", "ltx-vae-0-9-5"), "latent-channels", 128, 4),
    (("wan-t2v-14b", "hunyuan-vae"), "vae-family", "hunyuan-video", "wan"),
    (("hunyuan-video", "wan-2-1-vae"), "vae-family", "wan", "hunyuan-video"),
    (("ltx-2-3-22b", "ltx-2-vae"), "vae-generation", "2.0", ["ltx-2-3-vae"]),
    (("ltx-video-13b", "ltx-vae-next"), "vae-generation", "0.9.9", None),
    (("ltx-video-13b", "ltx-2-upscaler"), "upscaler-generation", 1024, 512),
    (("ltx-2-19b", "ltx-upscaler"), "upscaler-generation", 512, 1024),
    (("wan-t2v-14b", "ltx-upscaler"), "latent-channels", 128, 16),
    (("ltx-video-13b", "ltx-2b-lora"), "lora-width", 2048, 4096),
    (("ltx-video-13b", "wan-14b-lora"), "lora-family", "wan", "ltx"),
    (("ltx-2-3-22b", "ltx-2-0-lora"), "lora-generation", ["2.0"], "2.3"),
    (("wan-t2v-14b", "wan-lora-of-i2v"), "lora-generation", ["wan-i2v-14b"], "2.1 or 2.2 A14B"),
    (("sd15", "animatediff-v1", "motion-lora"), "lora-generation", ["animatediff-v3"], None),
    (("sdxl", "animatediff-v3"), "motion-base", "sdxl", ["sd15"]),
    (("sd15", "animatediff-sdxl-beta"), "motion-base", "sd15", ["sdxl"]),
    (("wan-i2v-14b", "siglip"), "companion-kind", "siglip", ["clip-vision-h"]),
    (("ltx-2-5-22b", "gemma-3-12b"), "companion-kind", "gemma-3-12b", ["gemma-4-12b-ltx"]),
    (("ltx-2-19b", "ltx-2-3-vocoder"), "companion-kind", "ltx-2-3-vocoder", ["ltx-2-vocoder"]),
    (("ltx-2-19b", "gemma-4-12b-ltx"), "companion-kind", "gemma-4-12b-ltx", ["gemma-3-12b"]),
]


@pytest.mark.parametrize(("names", "rule", "has", "wants"), WRONG)
def test_a_wrong_pair_is_named_with_both_numbers(findings, names, rule, has, wants):
    hits = [f for f in findings(*names) if f.rule != "missing-companion"]
    assert {f.rule for f in hits} - {"expert-missing", "upscaler-generation"} <= {rule}
    (hit,) = [f for f in hits if f.rule == rule]
    assert hit.evidence["found"] == has
    assert wants is None or hit.evidence["expected"] == wants
    assert hit.remedy


def test_a_warning_about_ltx_vaes_is_only_a_warning(found):
    assert found("ltx-video-13b", "t5-xxl", "ltx-vae-next")["vae-generation"] == "low"
    assert found("ltx-2-3-22b", "gemma-3-12b", "ltx-2-vae")["vae-generation"] == "medium"


def test_numbers_say_where_they_were_read(findings):
    (hit,) = [f for f in findings("ltx-2-19b", "t5-xxl") if f.rule == "text-width"]
    assert "4096 (width.weight axis 1)" in hit.message
    assert "3840 (text_width.weight axis 1)" in hit.message


@pytest.mark.parametrize(
    ("module", "frames", "fires"),
    [("animatediff-v1", 24, False), ("animatediff-v1", 25, True), ("animatediff-v3", 64, True),
     ("animatediff-v3", None, False)],
)  # fmt: skip
def test_a_motion_module_has_a_place_for_each_frame(found, module, frames, fires):
    assert ("motion-frames" in found("sd15", module, frames=frames)) is fires


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (("ltx-video-2b", "ltx-vae-0-9-5"), ["text-encoder"]),  # R07
        (("hunyuan-video", "llava-llama3-8b", "hunyuan-vae"), ["text-encoder"]),
        (("ltx-2-19b", "gemma-3-12b", "ltx-2-vae"), ["audio-vae", "vocoder"]),  # R87
        (("animatediff-v3",), ["diffusion-model"]),
        (("wan-t2v-14b", "wan-14b-lora"), ["text-encoder", "vae"]),
    ],
)
def test_each_need_that_nothing_meets_is_named(findings, names, missing):
    hits = [f for f in findings(*names, complete=True) if f.rule == "missing-companion"]
    assert [f.evidence["role"] for f in hits] == missing
    assert {f.severity for f in hits} == {Severity.MEDIUM}


def test_loose_files_may_be_only_some_of_the_set(found):
    assert found("ltx-video-2b", "ltx-vae-0-9-5") == {"missing-companion": "low"}


def test_an_unknown_file_may_be_what_is_missing_and_is_never_a_pass(findings):
    (hit,) = findings("ltx-video-2b", "ltx-vae-0-9-5", "unknown", complete=True)
    assert (hit.severity, "may be it" in hit.message) == (Severity.LOW, True)


def test_one_fitting_encoder_among_several_is_enough(found):
    assert found("ltx-video-2b", "t5-xxl", "gemma-3-12b", "ltx-vae-0-9-5") == {}


def test_what_another_model_needs_is_not_held_against_this_one(found):
    names = ("ltx-video-2b", "ltx-vae-0-9-5", "wan-t2v-14b", "umt5-xxl", "wan-2-1-vae")
    assert found(*names, complete=True) == {"missing-companion": "medium"}


def test_parts_of_a_bundle_are_paired_as_files_are(make):
    model, vae = make("ltx-video-2b").identification, make("wan-2-1-vae").identification
    bundle = Identification(
        id="ltx-video-2b", family="ltx", variant="", role=Role.DIFFUSION_MODEL, traits=None,
        parts=(model, vae),
    )  # fmt: skip
    file = Identified(path=make("ltx-video-2b").path, identification=bundle)
    assert "latent-channels" in {f.rule for f in pair([file])}


ALLOWED = {"config": json.dumps({"allowed_inference_steps": [1.0, 0.9937, 0.9875, 0.725, 0.4219]})}
DEV = {"config": json.dumps({"transformer": {}})}


@pytest.mark.parametrize(
    ("metadata", "asked", "rule", "severity"),
    [
        (ALLOWED, {"timesteps": (1.0, 0.99375, 0.725)}, None, None),
        (ALLOWED, {"timesteps": (1.0, 0.5)}, "distilled-timestep", "high"),
        (ALLOWED, {"steps": 5}, None, None),
        (ALLOWED, {"steps": 30}, "distilled-steps", "high"),
        (ALLOWED, {"variant": "dev"}, "distilled-steps", "high"),
        (ALLOWED, {"variant": "distilled", "steps": 5}, None, None),
        (DEV, {"variant": "distilled"}, "distilled-config-with-dev-weights", "high"),
        ({}, {"variant": "distilled"}, "distilled-config-with-dev-weights", "low"),
        (DEV, {"variant": "dev", "steps": 30}, None, None),
        ({"config": "{"}, {"variant": "dev"}, None, None),
        ({"config": '{"allowed_inference_steps": 7}'}, {"steps": 30}, None, None),
    ],
)
def test_variant_and_steps_are_of_one_kind(make, found, metadata, asked, rule, severity):
    model = make("ltx-video-13b", metadata=metadata)
    hits = {r: s for r, s in found(model, **asked).items() if r.startswith("distilled")}
    assert hits == ({rule: severity} if rule else {})


I2V = "wan-2-2-i2v-a14b"


def expert(make, name, content="", slot="", identifier=I2V):
    return make(identifier, f"{name}.safetensors", content=content, slot=slot)


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        (("high_noise", "a"), ("low_noise", "a"), "experts-are-one-file"),
        (("one", "a"), ("two", "a"), "experts-are-one-file"),
        (("high_noise", "a"), ("low_noise", "b"), None),
        (("one", "a"), ("two", "b"), None),
        (("x-HIGH", "a"), ("y-HIGH", "b"), "expert-missing"),
        (("high", "a", "URLs2"), ("low", "b", "URLs"), "experts-swapped"),
        (("high", "a", "URLs"), ("low", "b", "URLs2"), None),
        (("high", "a"), ("low", "b", "", "wan-t2v-14b"), "experts-differ"),
    ],
)
def test_two_experts_are_a_pair(make, found, first, second, rule):
    hits = found(expert(make, *first), expert(make, *second), "umt5-xxl", "wan-2-1-vae")
    assert set(hits) - {"expert-missing"} == ({rule} if rule else set()) - {"expert-missing"}
    assert rule != "expert-missing" or rule in hits


def test_one_expert_alone_lacks_the_other(make, found):
    assert found(I2V)["expert-missing"] == "medium"
    assert found(expert(make, "wan2.2_t2v_low_noise", identifier="wan-t2v-14b"))[
        "expert-missing"
    ] == "low"  # fmt: skip
    assert "expert-missing" not in found("wan-t2v-14b")


def test_words_that_only_contain_high_or_low_claim_nothing(make, found):
    hits = found(expert(make, "highway_flow", identifier="wan-t2v-14b"))
    assert "expert-missing" not in hits


def test_findings_come_worst_first(findings):
    ranks = [f.severity.rank for f in findings("ltx-video-13b", "gemma-3-12b", "ltx-vae-next")]
    assert all(first >= second for first, second in pairwise(ranks))


def test_every_rule_has_a_title():
    assert all(rule.title for rule in rules().values())


def test_nothing_and_unknown_files_break_no_rule(findings):
    assert findings() == ()
    assert findings("unknown") == ()


def test_in_a_library_what_fits_nothing_is_for_a_model_that_is_not_here(found):
    names = ("ltx-2-19b", "t5-xxl", "wan-2-2-vae", "wan-14b-lora", "ltx-upscaler", "animatediff-v3")
    assert set(found(*names, library=True)) == {"missing-companion"}
    assert "text-width" in found(*names)


def test_in_a_library_one_expert_twice_is_still_found(make, found):
    twins = (expert(make, "high", "a"), expert(make, "low", "a"))
    assert "experts-are-one-file" in found(*twins, library=True)
