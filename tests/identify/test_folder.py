import json

import pytest

from compat.identify.identify import identify

WAN = {"transformer": "WanTransformer3DModel", "vae": "V", "scheduler": "S", "text_encoder": "U",
       "tokenizer": "T"}  # fmt: skip
WAN_14B = {"num_attention_heads": 40, "attention_head_dim": 128, "num_layers": 40,
           "in_channels": 16, "out_channels": 16, "text_dim": 4096, "image_dim": None}  # fmt: skip


def test_a_published_size_has_an_id_and_a_picture(diffusers_folder):
    found = identify(diffusers_folder())
    assert (found.id, found.family, found.findings) == ("ltx-video-2b", "ltx", ())
    assert found.traits.pipeline == "LTXPipeline"
    assert found.traits.picture.frames % found.traits.frame_step == found.traits.frame_offset


def test_an_unpublished_size_keeps_its_rules_and_has_no_picture(diffusers_folder):
    tiny = {"num_attention_heads": 2, "attention_head_dim": 16, "num_layers": 2, "in_channels": 8,
            "out_channels": 8, "caption_channels": 32}  # fmt: skip
    folder = diffusers_folder(
        transformer=tiny, vae={"latent_channels": 8}, text_encoder={"d_model": 32}
    )
    found = identify(folder)
    assert (found.id, found.family) == ("ltx", "ltx")
    assert found.traits.picture is None
    assert (found.traits.frame_step, found.traits.space_multiple) == (8, 32)


def test_every_pipeline_class_has_rules_for_its_family(diffusers_folder):
    from compat.identify.families import RULES
    from compat.identify.pipelines import PIPELINES, TRANSFORMERS

    assert set(PIPELINES.values()) | set(TRANSFORMERS.values()) == set(RULES)
    for pipeline, family in PIPELINES.items():
        assert identify(diffusers_folder(pipeline)).family == family


def test_every_picture_keeps_the_rules_of_its_model():
    from compat.identify.families import PICTURES, traits_of
    from compat.identify.pipelines import KNOWN_SIZES, TRANSFORMERS

    for known in KNOWN_SIZES:
        traits = traits_of(TRANSFORMERS[known.kind], known.id)
        picture = PICTURES.get(known.id)
        assert traits.picture == picture
        if picture is not None:
            assert picture.width % traits.space_multiple == 0
            assert picture.height % traits.space_multiple == 0
            assert (picture.frames - traits.frame_offset) % traits.frame_step == 0


def test_two_experts_make_wan_2_2(diffusers_folder):
    one = identify(diffusers_folder("WanPipeline", WAN, transformer=WAN_14B))
    two = identify(
        diffusers_folder(
            "WanPipeline", {**WAN, "transformer_2": "WanTransformer3DModel"},
            transformer=WAN_14B, transformer_2=WAN_14B,
        )
    )  # fmt: skip
    assert (one.id, two.id) == ("wan-t2v-14b", "wan-2-2-t2v-a14b")


def test_a_pipeline_of_another_trade_is_unknown_and_says_why(diffusers_folder):
    found = identify(diffusers_folder("StableDiffusionPipeline"))
    assert found.id == "unknown"
    assert "StableDiffusionPipeline" in found.near_misses[0].reasons[0]


def test_a_part_set_to_null_is_missing(diffusers_folder):
    folder = diffusers_folder(kinds={"transformer": "LTXVideoTransformer3DModel", "vae": "V",
                                     "scheduler": "S", "text_encoder": None})  # fmt: skip
    rules = [finding.rule for finding in identify(folder).findings]
    assert rules == ["text-encoder-missing", "tokenizer-missing"]


def test_parts_of_two_models_do_not_fit(diffusers_folder):
    folder = diffusers_folder(vae={"latent_channels": 16}, text_encoder={"d_model": 2048})
    rules = {finding.rule for finding in identify(folder).findings}
    assert rules == {"text-width-mismatch", "latent-channels-mismatch"}


DECLARED = {"picture": {"width": 64, "height": 64, "frames": 25, "steps": 20, "guidance": 3}}


def declare(folder, document):
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "framegate.json").write_text(text, "utf-8")
    return identify(folder)


def test_a_model_may_state_where_it_is_in_distribution(diffusers_folder):
    found = declare(diffusers_folder(), {"traits": {**DECLARED, "steps": 20, "guidance": 3.5}})
    assert (found.traits.picture.width, found.traits.picture.frames) == (64, 25)
    assert (found.traits.steps, found.traits.guidance) == (20, 3.5)
    assert found.findings == ()


@pytest.mark.parametrize(
    "document",
    [
        "no json",
        "[" * 5000,
        {},
        {"traits": 3},
        {"traits": {"pickle": 1}},
        {"traits": {"picture": {**DECLARED["picture"], "width": 65}}},
        {"traits": {"picture": {**DECLARED["picture"], "frames": 24}}},
        {"traits": {"picture": {"width": 64}}},
        {"traits": {"steps": True}},
        {"traits": {"steps": 10**9}},
        {"traits": {"guidance": "3"}},
    ],
)
def test_a_wrong_declaration_changes_nothing_and_is_found(diffusers_folder, document):
    before = identify(diffusers_folder()).traits
    found = declare(diffusers_folder(), document)
    assert found.traits == before
    assert [finding.rule for finding in found.findings] == ["declared-traits-invalid"]


def test_a_folder_without_an_index_is_unknown(tmp_path):
    found = identify(tmp_path)
    assert (found.id, [f.rule for f in found.findings]) == ("unknown", ["index-missing"])
