import pytest

from compat.identify.identify import identify_header, signatures
from compat.identify.predicates import Blocks, Has, HasNo, side


def test_every_signature_has_a_header_and_every_header_a_signature(headers):
    assert set(headers) == set(signatures())


def test_each_header_is_claimed_by_its_own_signature_alone(headers, make_header):
    for identifier, shapes in headers.items():
        found = identify_header(make_header(shapes))
        assert found.id == identifier, found.near_misses
        assert found.evidence


def test_loader_prefixes_do_not_matter(headers, make_header):
    for identifier in ("ltx-video-2b", "wan-t2v-14b", "hunyuan-video", "mochi-1"):
        header = make_header(headers[identifier], prefix="model.diffusion_model.")
        assert identify_header(header).id == identifier


def test_a_bundle_is_named_by_its_denoiser(headers, make_header):
    bundle = make_header(headers["ltx-video-2b"], prefix="model.diffusion_model.")
    vae = make_header({"decoder.conv_in.conv.weight": (512, 128, 3, 3, 3)}, prefix="vae.")
    bundle.tensors.update(vae.tensors)
    assert identify_header(bundle).id == "ltx-video-2b"


def test_a_lost_block_is_mine_but_broken_and_names_the_block(headers, make_header):
    shapes = dict(headers["ltx-video-2b"])
    del shapes["transformer_blocks.13.scale_shift_table"]
    found = identify_header(make_header(shapes))
    assert found.id == "unknown"
    assert found.near_misses[0].mine
    assert found.near_misses[0].id == "ltx-video-2b"
    assert "transformer_blocks.13" in found.near_misses[0].reasons[0]


def test_a_stranger_is_unknown_without_kin(make_header):
    found = identify_header(make_header({"conv1.weight": (64, 3, 7, 7), "fc.bias": (1000,)}))
    assert (found.id, found.family, found.traits, found.near_misses) == (
        "unknown", "unknown", None, (),
    )  # fmt: skip


def test_an_empty_header_is_unknown(make_header):
    assert identify_header(make_header({})).id == "unknown"


@pytest.mark.parametrize("key", ["control_adapter.conv.weight", "face_adapter.x", "audio_proj.y"])
def test_relatives_of_wan_are_not_taken_for_wan(headers, make_header, key):
    found = identify_header(make_header({**headers["wan-t2v-14b"], key: (1,)}))
    assert found.id == "unknown"


@pytest.mark.parametrize(("identifier", "frames"), [("animatediff-v1", 24), ("animatediff-v2", 32)])
def test_the_frame_limit_is_the_positional_table(headers, make_header, identifier, frames):
    assert identify_header(make_header(headers[identifier])).traits.max_frames == frames


def test_distilled_ltx_is_told_by_its_metadata(headers, make_header):
    metadata = {"config": '{"allowed_inference_steps": [1.0, 0.9]}'}
    found = identify_header(make_header(headers["ltx-video-13b"], metadata))
    assert found.variant == "13B distilled"


def test_a_text_encoder_has_no_frame_rules(headers, make_header):
    found = identify_header(make_header(headers["umt5-xxl"]))
    assert (found.role, found.traits) == ("text-encoder", None)


PREDICATES = [
    (Has("a"), {"a": (1,)}, {"b": (1,)}),
    (HasNo("a."), {"b": (1,)}, {"a.c": (1,)}),
    (side("a", 1, 4, 5), {"a": (2, 5)}, {"a": (2, 6)}),
    (side("a", 3, 4), {"a": (1, 1, 1, 4)}, {"a": (2, 6)}),
    (side("a", 0, 4), {"a": (4,)}, {}),
    (Blocks("b", 2), {"b.0.w": (1,), "b.1.w": (1,)}, {"b.0.w": (1,)}),
    (Blocks("b", 1), {"b.0.w": (1,)}, {"b.0.w": (1,), "b.1.w": (1,)}),
]


@pytest.mark.parametrize(("predicate", "good", "bad"), PREDICATES)
def test_a_predicate_is_silent_where_it_holds_and_explains_where_not(
    make_header, predicate, good, bad
):
    assert predicate.missing(make_header(good).tensors) == []
    (reason,) = predicate.missing(make_header(bad).tensors)
    assert "a" in reason or "b" in reason
