"""The world is drawn as described, and the scorer reads it without an error."""

import numpy as np
import pytest

from runners.embedded.prompts import COLOURS, DIRECTIONS, SHAPES, Scene
from tools.train_embedded_ltx import score, world


def scene_of(row):
    names = list(COLOURS)
    return Scene(
        colour=names[row[0]],
        background=names[row[1]],
        shape=SHAPES[row[2]],
        direction=list(DIRECTIONS)[row[3]],
    )


@pytest.mark.parametrize("noise", [0, 20])
@pytest.mark.parametrize(("size", "frames"), [((64, 64), 9), ((64, 96), 25), ((96, 96), 17)])
def test_the_scorer_reads_drawn_clips(size, frames, noise):
    rng = np.random.default_rng(3)
    clips = world.random_clips(rng, 12, size, anywhere=True)
    for pixels, row in zip(world.render(clips, frames, size), clips.before, strict=True):
        noisy = pixels + rng.normal(0, noise / 127.5, pixels.shape)
        seen = score.sight(world.to_uint8(noisy.astype(np.float32)))
        assert all(seen.obeys(scene_of(row)).values())


def test_an_empty_picture_has_no_object():
    blank = np.full((9, 64, 64, 3), 28, np.uint8)
    seen = score.sight(blank)
    assert not seen.present
    assert seen.scene.background == "black"


def test_a_clip_starts_near_the_centre_unless_it_may_be_anywhere():
    clips = world.random_clips(np.random.default_rng(0), 200, (64, 64), anywhere=False)
    assert np.abs(clips.start - 32).max() <= world.START_JITTER


def test_a_change_of_scene_turns_the_motion_and_fades_the_colour():
    before = np.array([[0, 1, 0, 1]])
    after = np.array([[2, 1, 0, 3]])
    clips = world.Clips(
        before=before,
        after=after,
        change=np.array([9]),
        start=np.array([[32, 32]], np.float32),
    )
    pixels = world.render(clips, 25, (64, 64))[0]
    early, late = world.to_uint8(pixels[:, :9]), world.to_uint8(pixels[:, 16:])
    assert score.sight(early).scene == scene_of(before[0])
    assert score.sight(late).scene == scene_of(after[0])


@pytest.mark.torch
def test_the_text_encoder_reads_a_prompt_alike_in_every_padding():
    torch = pytest.importorskip("torch")
    pytest.importorskip("diffusers")
    from runners.embedded import embedded_model
    from tools.train_embedded_ltx.evaluate import load_pipeline
    from tools.train_embedded_ltx.text import tokens

    pipeline = load_pipeline(embedded_model())
    made = []
    with torch.no_grad():
        for length, masked in ((128, False), (128, True), (24, False), (256, False)):
            ids, mask = tokens(
                pipeline.tokenizer, ["red circle moving up on blue background"], length
            )
            made.append(
                pipeline.text_encoder(ids, attention_mask=mask if masked else None)[0][0, :8]
            )
    for other in made[1:]:
        assert torch.dist(made[0], other) < 0.1 * made[0].norm()
