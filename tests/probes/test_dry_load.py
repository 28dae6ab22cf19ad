"""A dry load finds what is missing, too much or of another shape, and nothing else."""

import pytest

from compat.core.model import Outcome
from probes.loaders import diffusers_classes
from probes.loaders.published_configs import PUBLISHED
from probes.loaders.safe_config import UnsafeConfigError, described
from probes.loaders.state_comparison import compared

pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")
transformers = pytest.importorskip("transformers")

LTX, WAN = "LTXVideoTransformer3DModel", "WanTransformer3DModel"
TINY_LTX = {
    "num_layers": 2, "num_attention_heads": 2, "attention_head_dim": 8, "cross_attention_dim": 16,
    "caption_channels": 32, "in_channels": 8, "out_channels": 8,
}  # fmt: skip
WHERE = "transformer_blocks.1.attn1.to_q.weight"


@pytest.fixture(scope="module")
def files(fixtures_on_path):
    import loader_files

    return loader_files


@pytest.fixture(scope="module")
def ltx_2b(files):
    """LTX-Video 2B at real size as Lightricks publishes it."""
    shapes = files.shapes_of(LTX, {})
    return files.renamed(shapes, files.TO_LTX, "model.diffusion_model.")


@pytest.fixture
def tiny(files):
    return files.shapes_of(LTX, TINY_LTX)


def entry(identifier):
    return next(known for known in PUBLISHED if identifier in known.ids)


REAL = {
    "ltx-video-2b": ("TO_LTX", "model.diffusion_model."),
    "ltx-video-13b": ("TO_LTX", "model.diffusion_model."),
    "ltx-2-19b": ("TO_LTX2", "model.diffusion_model."),
    "wan-t2v-1-3b": ("TO_WAN", ""),
    "wan-t2v-14b": ("TO_WAN", "model.diffusion_model."),
    "wan-2-2-ti2v-5b": ("TO_WAN", ""),
}


@pytest.mark.parametrize("identifier", REAL)
def test_a_published_model_in_its_publishers_layout_lacks_nothing(ask, files, identifier):
    known = entry(identifier)
    rules, prefix = REAL[identifier]
    plain = files.shapes_of(known.kind, known.config)
    shapes = files.renamed(plain, getattr(files, rules), prefix)
    assert set(shapes) != set(plain)
    asked = ask("diffusers-dry-load", material=files.material(shapes, identifier))
    assert asked.outcome is Outcome.PASS, asked.text
    assert (asked.measures["needed"], asked.measures["missing"]) == (len(plain), 0)


SIZES = {
    "ltx-video-2b": 1.923, "ltx-video-13b": 13.043, "ltx-2-19b": 18.876, "ltx-2-3-22b": 18.989,
    "ltx-2-5-22b": 18.988, "wan-t2v-1-3b": 1.419, "wan-t2v-14b": 14.289, "wan-i2v-14b": 16.395,
    "wan-2-2-i2v-a14b": 14.289, "wan-2-2-ti2v-5b": 5.000, "wan-vace-1-3b": 2.154,
    "wan-vace-14b": 17.338, "hunyuan-video": 12.821, "hunyuan-video-1-5": 8.327,
    "cogvideox-2b": 1.694, "cogvideox-5b": 5.570, "cogvideox-1-5-5b": 5.571, "mochi-1": 10.03,
    "sd-1-5": 0.860, "sdxl": 2.568, "animatediff-v1": 0.417, "animatediff-v2": 0.453,
    "animatediff-v3": 0.417, "animatediff-sdxl-beta": 0.237, "t5-xxl": 4.762, "umt5-xxl": 5.681,
    "clip-l": 0.123, "gemma-3-12b": 12.19, "llama-3-8b": 7.505, "llava-llama-3-8b": 7.505,
}  # fmt: skip
"""Billions of parameters, to two or three places, as the table of signatures gives them."""


@pytest.mark.parametrize("identifier", SIZES)
def test_a_published_configuration_has_the_published_size(identifier):
    import torch

    known = entry(identifier)
    with torch.device("meta"):
        if known.library == "transformers":
            made = transformers.AutoConfig.for_model(**known.config)
            model = getattr(transformers, known.kind)(made)
        else:
            model = getattr(diffusers, known.kind).from_config(known.config)
    counted = sum(parameter.numel() for parameter in model.parameters())
    assert counted / 1e9 == pytest.approx(SIZES[identifier], abs=0.005)


@pytest.mark.parametrize(
    "known", [p for p in PUBLISHED if not set(p.ids) & set(SIZES)], ids=lambda known: known.ids[0]
)
def test_a_configuration_of_a_size_that_nobody_counted_can_be_made(known):
    kind = diffusers_classes.diffusers_class("diffusers", known.kind)
    assert diffusers_classes.blueprint(kind, known.config).needed


def test_a_file_without_its_last_block_is_seen_with_the_block(ask, files, ltx_2b):
    short = {name: s for name, s in ltx_2b.items() if ".transformer_blocks.27." not in name}
    question = files.material(short, mine=["ltx-video-2b"])
    asked = ask("diffusers-dry-load", material=question)
    assert asked.outcome is Outcome.FAIL
    assert asked.rules == {"dry-load-missing-keys"}
    (found,) = asked.findings
    assert "in 'transformer_blocks.27'" in found.message
    assert found.evidence["count"] == len(ltx_2b) - len(short)
    assert found.severity == "high"


def test_a_tensor_of_another_shape_is_named_with_both_shapes(ask, files, ltx_2b):
    wrong = dict(ltx_2b)
    wrong["model.diffusion_model.patchify_proj.weight"] = [2048, 64]
    asked = ask("diffusers-dry-load", material=files.material(wrong, "ltx-video-2b"))
    assert asked.rules == {"dry-load-shape-mismatch"}
    assert "is [2048, 64] in the file and [2048, 128]" in asked.text


@pytest.mark.parametrize(
    ("extra", "rule", "severity"),
    [
        ({"stray.weight": [3]}, "dry-load-unexpected-keys", "low"),
        (
            {f"transformer_blocks.9.attn1.to_{x}.weight": [16, 16] for x in "qkv"},
            "dry-load-unexpected-keys",
            "medium",
        ),
        ({"transformer_blocks.1.attn1.to_q.scale_weight": []}, "dry-load-quantisation-keys", "low"),
        ({"scaled_fp8": [0]}, "dry-load-quantisation-keys", "low"),
    ],
)
def test_what_the_class_has_no_place_for_is_told_by_what_it_is(
    ask, files, tiny, extra, rule, severity
):
    asked = ask("diffusers-dry-load", material=files.component(LTX, TINY_LTX, {**tiny, **extra}))
    assert [(f.rule, f.severity) for f in asked.findings] == [(rule, severity)]


def test_a_component_as_its_config_describes_it_passes(ask, files, tiny):
    asked = ask("diffusers-dry-load", material=files.component(LTX, TINY_LTX, tiny))
    assert asked.outcome is Outcome.PASS, asked.text


def test_a_config_of_another_depth_is_seen_from_both_sides(ask, files, tiny):
    deeper, flatter = {**TINY_LTX, "num_layers": 3}, {**TINY_LTX, "num_layers": 1}
    asked = ask("diffusers-dry-load", material=files.component(LTX, deeper, tiny))
    assert asked.rules == {"dry-load-missing-keys"}
    asked = ask("diffusers-dry-load", material=files.component(LTX, flatter, tiny))
    assert [(f.rule, f.severity) for f in asked.findings] == [
        ("dry-load-unexpected-keys", "medium")
    ]


def test_a_file_in_the_layout_of_diffusers_is_not_converted(ask, files):
    shapes = files.shapes_of(LTX, {})
    del shapes[WHERE]
    asked = ask("diffusers-dry-load", material=files.material(shapes, "ltx-video-2b"))
    (found,) = asked.findings
    assert found.evidence["names"] == [f"'{WHERE}'"]


def test_blocks_of_gguf_count_by_their_logical_shapes(ask, files, ltx_2b):
    question = files.material(ltx_2b, "ltx-video-2b", format="gguf")
    question["tensors"] = {name: ["Q4_K", shape] for name, shape in ltx_2b.items()}
    assert ask("diffusers-dry-load", material=question).outcome is Outcome.PASS


def test_a_conversion_that_stops_at_a_missing_tensor_is_a_missing_tensor(ask, files, monkeypatch):
    def stops(**_given):
        raise KeyError("blocks.7.mod_x.weight")

    from diffusers.loaders import single_file_model

    table = {LTX: {"checkpoint_mapping_fn": stops}}
    monkeypatch.setattr(single_file_model, "SINGLE_FILE_LOADABLE_CLASSES", table)
    asked = ask("diffusers-dry-load", material=files.material(files.RESNET, "ltx-video-2b"))
    assert asked.rules == {"dry-load-missing-keys"}
    assert "blocks.7.mod_x.weight" in asked.text


def test_a_conversion_that_reads_weights_leaves_the_question_open(ask, files, monkeypatch):
    def reads(**given):
        return {"x": next(iter(given["checkpoint"].values())).sum().item()}

    from diffusers.loaders import single_file_model

    table = {LTX: {"checkpoint_mapping_fn": reads}}
    monkeypatch.setattr(single_file_model, "SINGLE_FILE_LOADABLE_CLASSES", table)
    asked = ask("diffusers-dry-load", material=files.material(files.RESNET, "ltx-video-2b"))
    assert asked.outcome is Outcome.SKIP
    assert "reads weights" in asked.reason


LTX_2_3 = {"num_layers": 1, **entry("ltx-2-3-22b").config}


@pytest.fixture
def small_ltx_2_3(monkeypatch, files):
    """LTX-2.3 with one block, published as such."""
    known = entry("ltx-2-3-22b")
    small = type(known)(ids=("small",), kind=known.kind, config=LTX_2_3)
    monkeypatch.setattr("probes.loaders.published_configs.PUBLISHED", (small,))
    return files.renamed(files.shapes_of(known.kind, LTX_2_3), files.TO_LTX2)


def test_what_the_conversion_leaves_out_is_the_loaders_lack_not_damage(ask, files, small_ltx_2_3):
    asked = ask("diffusers-dry-load", material=files.material(small_ltx_2_3, "small"))
    assert [(f.rule, f.severity) for f in asked.findings] == [("dry-load-not-converted", "medium")]
    assert asked.findings[0].evidence["count"] == 12


def test_a_file_that_lacks_one_of_those_is_damaged_all_the_same(ask, files, small_ltx_2_3):
    del small_ltx_2_3["prompt_adaln_single.linear.weight"]
    asked = ask("diffusers-dry-load", material=files.material(small_ltx_2_3, "small"))
    assert "dry-load-missing-keys" in asked.rules


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"identifier": "unknown"}, "no configuration is known here for an unknown model"),
        ({"identifier": "no-such-model"}, "no configuration is known here for no-such-model"),
        ({"identifier": "ltx-video-2b"}, "in no layout diffusers"),
    ],
)
def test_what_cannot_be_checked_is_skipped_with_the_reason(ask, files, change, reason):
    asked = ask("diffusers-dry-load", material=files.material(files.RESNET, **change))
    assert asked.outcome is Outcome.SKIP
    assert reason in asked.reason


@pytest.mark.parametrize(
    ("kind", "config", "reason"),
    [
        ("NoSuchModel", {}, "no model class 'NoSuchModel'"),
        ("DiffusionPipeline", {}, "no model class"),
        (LTX, {"num_layers": 10**9}, "num_layers' is 1000000000"),
        (LTX, {"quantization_config": {"quant_method": "bitsandbytes"}}, "packed by 'bitsandb"),
    ],
)
def test_a_config_that_describes_no_plain_model_is_skipped(ask, files, tiny, kind, config, reason):
    asked = ask("diffusers-dry-load", material=files.component(kind, config, tiny))
    assert asked.outcome is Outcome.SKIP
    assert reason in asked.reason


def test_a_config_the_class_refuses_is_a_finding(ask, files, tiny):
    wrong = {**TINY_LTX, "activation_fn": "no-such-function"}
    asked = ask("diffusers-dry-load", material=files.component(LTX, wrong, tiny))
    assert asked.rules == {"dry-load-config-refused"}


@pytest.mark.parametrize("name", ["diffusers-dry-load", "transformers-dry-load"])
def test_a_shape_beyond_counting_is_not_asked_about(ask, files, name):
    asked = ask(name, material=files.material({"x": [1 << 40, 1 << 40]}, "ltx-video-2b"))
    assert asked.outcome is Outcome.SKIP
    assert "more values than torch can count" in asked.reason


def test_keys_by_which_a_config_could_act_are_left_out():
    assert described({"auto_map": {"AutoModel": "evil.Model"}, "d_model": 8,
                      "vision_config": {"attn_implementation": "hub/kernel"}}) == {
        "d_model": 8, "vision_config": {},
    }  # fmt: skip
    with pytest.raises(UnsafeConfigError):
        described({"hidden_sizes": [1] * 5000})


def test_vae_statistics_that_are_missing_are_seen(ask, files):
    config = {"block_out_channels": [8, 8], "decoder_block_out_channels": [8, 8],
              "latent_channels": 8, "layers_per_block": [1, 1, 1],
              "decoder_layers_per_block": [1, 1, 1], "spatio_temporal_scaling": [True, True],
              "decoder_spatio_temporal_scaling": [True, True],
              "decoder_inject_noise": [False, False, False], "down_block_types":
              ["LTXVideoDownBlock3D"] * 2}  # fmt: skip
    shapes = files.shapes_of("AutoencoderKLLTXVideo", config)
    question = files.component("AutoencoderKLLTXVideo", config, shapes)
    assert ask("diffusers-dry-load", material=question).outcome is Outcome.PASS
    del shapes["latents_mean"]
    question = files.component("AutoencoderKLLTXVideo", config, shapes)
    assert ask("diffusers-dry-load", material=question).rules == {"dry-load-missing-buffers"}


@pytest.mark.parametrize(
    ("name", "missing"),
    [("q.scale_input", ()), ("q.input_scale", ()), ("q.scale_weight", ("q.scale_weight",))],
)
def test_a_scale_that_loaders_have_a_value_for_may_be_left_out(name, missing):
    found = compared("X", {"q.weight": (2, 2), name: ()}, [], {"q.weight": (2, 2)})
    assert found.missing == missing


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.weight._data", "optimum-quanto"),
        ("a.weight.absmax", "bitsandbytes"),
        ("a.weight_scale_2", "nvfp4"),
    ],
)
@pytest.mark.parametrize("probe", ["diffusers-dry-load", "transformers-dry-load"])
def test_packed_weights_are_not_taken_for_damage(ask, files, probe, name, how):
    asked = ask(probe, material=files.material({name: [4]}, "ltx-video-2b"))
    assert asked.outcome is Outcome.SKIP
    assert f"packed by '{how}'" in asked.reason
