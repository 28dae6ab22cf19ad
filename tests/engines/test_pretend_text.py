"""Text encoders run in both passes, from their configs alone and with a tokenizer without files."""

from dataclasses import replace

import pytest

pytest.importorskip("torch")
pytest.importorskip("diffusers")
pytest.importorskip("transformers")

import torch  # noqa: TID253 - this file is collected only where torch is

from compat.predict.memory import memory_of
from compat.predict.model import Asked
from runners.engines.pretend.building import NotTinyError, text_encoder, text_encoders
from runners.engines.pretend.messages import Part, PassRequest
from runners.engines.pretend.passing import NOT_RUN, run_pass
from runners.engines.pretend.prompt import Tokenizer, tokenizer_for
from runners.engines.pretend.shrink_text import shrunk_text
from runners.prediction.published import AROUND, known_ids, published_clip, published_recipe
from runners.prediction.recipe import find_recipe

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("pretend")]


def request_of(recipe, size="tiny", **changes):
    wanted = {"kind": "mps", "dtype": "BF16", "width": 64, "height": 64, "frames": 9}
    return PassRequest(recipe=recipe, size=size, **{**wanted, **changes})


def published_encoder(identifier, name="text_encoder"):
    return published_recipe(identifier).parts[name]


@pytest.mark.parametrize("guided", [True, False])
def test_a_negative_prompt_is_encoded_where_there_is_guidance(tiny, guided):
    one = run_pass(request_of(find_recipe(str(tiny("ltx"))).recipe, guided=guided))
    [embedding] = [op for op in one.ops if op.op == "aten::embedding" and op.phase == "encode"
                   and op.inputs[0].shape[0] > 100]  # fmt: skip
    assert embedding.count == 1 + guided


@pytest.mark.parametrize(
    ("identifier", "name", "billions"),
    [
        ("ltx-video-13b", "text_encoder", 4.762), ("wan-t2v-14b", "text_encoder", 5.681),
        ("hunyuan-video", "text_encoder", 7.505), ("hunyuan-video", "text_encoder_2", 0.123),
        ("ltx-2-19b", "text_encoder", 12.187),
    ],
)  # fmt: skip
def test_published_text_encoders_have_their_published_size(identifier, name, billions):
    part = published_encoder(identifier, name)
    model = text_encoder(part, request_of(published_recipe(identifier), "real"))
    assert sum(weight.numel() for weight in model.parameters()) / 1e9 == pytest.approx(
        billions, abs=0.001
    )
    assert {weight.device.type for weight in model.parameters()} == {"meta"}


def test_every_published_pipeline_has_its_text_encoders_and_a_size():
    for identifier in known_ids():
        recipe = published_recipe(identifier)
        assert text_encoders(request_of(recipe)), identifier
        width, height, frames = published_clip(identifier)
        assert min(width, height) >= 480
        assert frames >= 16
    assert published_clip("nobody-knows-it") is None
    assert all(around.texts for around in AROUND.values())


def test_weights_that_two_layers_share_are_counted_once(tiny):
    from transformers import T5EncoderModel

    folder = tiny("ltx")
    one = run_pass(request_of(find_recipe(str(folder)).recipe, "real"))
    true = T5EncoderModel.from_pretrained(folder / "text_encoder")
    assert one.weights["text_encoder"] == 2 * sum(w.numel() for w in true.parameters())


@pytest.mark.parametrize(("dtype", "kept"), [("F16", True), ("BF16", False)])
def test_what_t5_keeps_in_float32_is_kept_for_float16_alone(tiny, dtype, kept):
    recipe = find_recipe(str(tiny("ltx"))).recipe
    model = text_encoder(recipe.parts["text_encoder"], request_of(recipe, dtype=dtype))
    held = {weight.dtype for weight in model.parameters()}
    assert (torch.float32 in held) is kept


def test_a_text_encoder_that_cannot_be_made_is_left_out_and_said(tiny):
    recipe = find_recipe(str(tiny("ltx"))).recipe
    for broken in (
        Part(library="transformers", kind="NoSuchEncoder", config={"d_model": 32}),
        Part(library="transformers", kind="T5EncoderModel", config={"d_model": "wide"}),
        Part(library="transformers", kind="pipeline", config={"task": "x"}),
    ):
        parts = {**recipe.parts, "text_encoder": broken}
        one = run_pass(request_of(replace(recipe, parts=parts)))
        assert one.stopped == "", broken.kind
        [note] = one.notes
        assert note.startswith(NOT_RUN)
        assert "text_encoder" not in one.weights
        assert "encode" not in one.peaks


def test_a_folder_without_a_config_of_its_text_encoder_is_asked_with_embeddings(tiny):
    recipe = find_recipe(str(tiny("wan21"))).recipe
    bare = Part(library="transformers", kind="UMT5EncoderModel")
    one = run_pass(request_of(replace(recipe, parts={**recipe.parts, "text_encoder": bare})))
    assert (one.stopped, one.notes) == ("", (NOT_RUN,))


def test_a_giant_text_encoder_is_not_filled_with_numbers():
    part = published_encoder("animatediff-v2")
    giant = replace(part, config={**part.config, "max_position_embeddings": 1 << 23})
    with pytest.raises(NotTinyError):
        text_encoder(giant, request_of(published_recipe("animatediff-v2")))


def test_a_shrunk_config_keeps_what_steers_and_both_kinds_of_attention():
    config = {
        "hidden_size": 3840, "num_hidden_layers": 48, "head_dim": 256, "vocab_size": 262208,
        "num_key_value_heads": 8, "hidden_activation": "gelu_pytorch_tanh", "tie": True,
        "layer_types": ["sliding_attention"] * 5 + ["full_attention"], "eos_token_id": [1, 106],
        "pad_token_id": None, "image_token_index": 262144, "sliding_window": 1024,
        "vision_config": {"hidden_size": 1152, "image_size": 896},
    }  # fmt: skip
    small = shrunk_text(config)
    assert small["layer_types"] == ["sliding_attention", "full_attention"]
    assert (small["num_hidden_layers"], small["hidden_size"]) == (2, 48)
    assert small["vision_config"] == {"hidden_size": 48, "image_size": 896}
    assert small["image_token_index"] < small["vocab_size"]
    for key in ("hidden_activation", "tie", "eos_token_id", "pad_token_id", "sliding_window"):
        assert small[key] == config[key], key


def test_a_prompt_fills_its_window_and_one_that_nobody_pads_is_short():
    tokenizer = Tokenizer(77)
    padded = tokenizer(["a", "b"], padding="max_length", max_length=512, return_tensors="pt")
    assert padded.input_ids.shape == padded["attention_mask"].shape == (2, 512)
    assert bool(padded.attention_mask.all())
    assert tokenizer(["a"], padding="max_length").input_ids.shape == (1, 77)
    assert tokenizer("a", padding="longest").input_ids.shape[1] < 77
    with pytest.raises(AttributeError):
        _ = padded.overflowing


def test_clip_has_its_own_window():
    recipe = published_recipe("hunyuan-video")
    encoder = text_encoder(recipe.parts["text_encoder_2"], request_of(recipe))
    assert tokenizer_for(encoder).model_max_length == 77


def test_reading_the_prompt_has_a_peak_of_its_own(tiny):
    one = run_pass(request_of(find_recipe(str(tiny("cogvideox"))).recipe, "real"))
    memory = memory_of(one, Asked(kind="mps", torch="2.13"))
    text = one.weights["text_encoder"]
    above = one.peaks["encode"] + memory.scores["encode"]
    assert memory.offloaded["encode"] == text + above
    assert memory.peaks["encode"] == sum(one.weights.values()) + above
    assert memory.offloaded["denoise"] <= memory.peaks["denoise"] - text
