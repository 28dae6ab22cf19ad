"""transformers' own loading decides what a text encoder lacks: its habits raise no alarm."""

import pytest

from compat.core.model import Outcome, Severity

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

T5 = {
    "model_type": "t5", "d_model": 32, "d_ff": 64, "d_kv": 8, "num_heads": 4, "num_layers": 2,
    "vocab_size": 100, "feed_forward_proj": "gated-gelu",
}  # fmt: skip
TEXT = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "vocab_size": 100, "projection_dim": 16,
}  # fmt: skip
DECODER = {**TEXT, "num_key_value_heads": 2, "head_dim": 8}
GEMMA = {"model_type": "gemma3", "text_config": {"model_type": "gemma3_text", **DECODER},
         "vision_config": {"model_type": "siglip_vision_model", **TEXT, "image_size": 28,
                           "patch_size": 14}}  # fmt: skip
Q = "encoder.block.1.layer.0.SelfAttention.q.weight"


@pytest.fixture(scope="module")
def files(fixtures_on_path):
    import loader_files

    return loader_files


def shapes_of(kind, config):
    made = transformers.AutoConfig.for_model(**config)
    with torch.device("meta"):
        model = getattr(transformers, kind)(made)
    return {name: list(tensor.shape) for name, tensor in model.state_dict().items()}


@pytest.fixture
def ask_component(ask, files):
    def asked(kind, config, shapes):
        question = files.component(
            kind, config, shapes, library="transformers", identifier="x", role="text-encoder"
        )
        return ask("transformers-dry-load", material=question)

    return asked


@pytest.fixture
def t5():
    return shapes_of("T5EncoderModel", T5)


def test_a_whole_encoder_passes_with_and_without_its_tied_embedding(ask_component, t5):
    assert ask_component("T5EncoderModel", T5, t5).outcome is Outcome.PASS
    del t5["encoder.embed_tokens.weight"]
    asked = ask_component("T5EncoderModel", T5, t5)
    assert asked.outcome is Outcome.PASS, asked.text
    assert asked.measures["class"] == "T5EncoderModel"


def test_an_encoder_without_any_embedding_is_damaged(ask_component, t5):
    del t5["encoder.embed_tokens.weight"], t5["shared.weight"]
    assert ask_component("T5EncoderModel", T5, t5).rules == {"dry-load-missing-keys"}


def test_a_missing_and_a_misshapen_tensor_are_seen(ask_component, t5):
    short = {name: shape for name, shape in t5.items() if name != Q}
    assert ask_component("T5EncoderModel", T5, short).rules == {"dry-load-missing-keys"}
    asked = ask_component("T5EncoderModel", T5, {**t5, Q: [32, 16]})
    assert asked.rules == {"dry-load-shape-mismatch"}
    assert "[32, 16]" in asked.text


def test_a_decoder_beside_the_encoder_is_what_the_class_overlooks(ask_component, t5):
    whole = {**t5, **shapes_of("T5ForConditionalGeneration", {**T5, "num_decoder_layers": 2})}
    asked = ask_component("T5EncoderModel", T5, whole)
    assert {finding.severity for finding in asked.findings} <= {Severity.LOW}, asked.text


def test_position_ids_of_older_files_raise_no_alarm(ask_component):
    config = {"model_type": "clip_text_model", **TEXT}
    shapes = shapes_of("CLIPTextModel", config)
    shapes["text_model.embeddings.position_ids"] = [1, 77]
    asked = ask_component("CLIPTextModel", config, shapes)
    assert asked.outcome is Outcome.PASS, asked.text


def test_names_of_before_the_great_renaming_raise_no_alarm(ask_component):
    kind = "Gemma3ForConditionalGeneration"
    now = shapes_of(kind, GEMMA)
    old = {
        name.replace("model.language_model.", "language_model.model.")
        .replace("model.vision_tower.", "vision_tower.")
        .replace("model.multi_modal_projector.", "multi_modal_projector.")
        .replace("lm_head.", "language_model.lm_head."): shape
        for name, shape in now.items()
    }
    assert set(old) != set(now)
    for shapes in (now, old):
        asked = ask_component(kind, GEMMA, shapes)
        assert asked.outcome is Outcome.PASS, asked.text


def test_a_real_size_encoder_takes_no_memory(ask, files):
    from probes.loaders.published_configs import PUBLISHED

    known = next(entry for entry in PUBLISHED if "umt5-xxl" in entry.ids)
    shapes = shapes_of(known.kind, known.config)
    question = files.material(shapes, "umt5-xxl", "t5", role="text-encoder")
    assert ask("transformers-dry-load", material=question).outcome is Outcome.PASS
    shapes.pop("encoder.block.23.layer.1.DenseReluDense.wo.weight")
    question = files.material(shapes, "umt5-xxl", "t5", role="text-encoder")
    assert ask("transformers-dry-load", material=question).rules == {"dry-load-missing-keys"}


@pytest.mark.parametrize(
    ("kind", "config", "reason"),
    [
        ("NoSuchModel", T5, "no model class 'NoSuchModel'"),
        ("AutoConfig", T5, "no model class 'AutoConfig'"),
        ("T5EncoderModel", {**T5, "num_layers": 10**8}, "num_layers' is 100000000"),
        ("T5EncoderModel", {**T5, "quantization_config": {"quant_method": "bnb"}}, "packed by"),
        ("T5EncoderModel", {"model_type": "no-such-type"}, "does not dry load"),
    ],
)
def test_what_cannot_be_checked_is_skipped_with_the_reason(ask_component, t5, kind, config, reason):
    asked = ask_component(kind, config, t5)
    assert asked.outcome is Outcome.SKIP
    assert reason in asked.reason


def test_names_of_llama_cpp_are_not_taken_for_damage(ask, files):
    shapes = {f"enc.blk.{n}.attn_q.weight": [4096, 4096] for n in range(24)}
    question = files.material(shapes, "t5-xxl", "t5", role="text-encoder")
    asked = ask("transformers-dry-load", material=question)
    assert asked.outcome is Outcome.SKIP
    assert "names are not transformers'" in asked.reason


@pytest.mark.parametrize(
    ("identifier", "family", "config", "rules"),
    [
        ("t5-xxl", "t5", T5, set()),
        ("umt5-xxl", "t5", {**T5, "model_type": "umt5"}, set()),
        ("t5-xxl", "t5", {**T5, "model_type": "umt5"}, {"second-opinion-disagrees"}),
        ("t5-xxl", "t5", {**DECODER, "model_type": "llama"}, {"second-opinion-disagrees"}),
        ("t5-xxl", "t5", {**TEXT, "model_type": "bert"}, {"second-opinion-unmapped"}),
        ("t5-xxl", "t5", {"model_type": "no-such-type"}, {"second-opinion-refused"}),
    ],
)
def test_a_config_is_held_against_the_weights_beside_it(
    ask, files, identifier, family, config, rules
):
    question = files.component(
        "X", config, {}, library="transformers", identifier=identifier, family=family,
        role="text-encoder",
    )  # fmt: skip
    asked = ask("transformers-knows-config", material=question)
    assert asked.rules == rules, asked.text
    assert asked.outcome is (Outcome.FAIL if rules else Outcome.PASS)


def test_weights_nobody_knows_are_not_held_against_a_config(ask, files):
    question = files.component("X", T5, {}, library="transformers")
    assert ask("transformers-knows-config", material=question).outcome is Outcome.SKIP
    assert ask("transformers-knows-config", material=files.material({})).outcome is Outcome.SKIP
