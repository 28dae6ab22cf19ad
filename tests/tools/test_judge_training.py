"""The tools that make the judge's score: faults spoil, negatives do not break, folds hold."""

import json

import numpy as np
import pytest

from tools.judge_training.drawings import DRAWINGS
from tools.judge_training.faults import PIXEL_FAULTS
from tools.judge_training.folds import KIN, fold_of, kin_of
from tools.judge_training.hard_negatives import NEGATIVES
from tools.judge_training.latent_faults import LATENT_FAULTS, undecoded
from tools.judge_training.make_latent import kinds
from tools.judge_training.material import collected_items, corpus_items, fitted
from tools.judge_training.report import clopper_pearson

PIXEL = {name: fault for table in PIXEL_FAULTS.values() for name, fault in table.items()}
LATENT = {name: fault for table in LATENT_FAULTS.values() for name, fault in table.items()}


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def clip():
    y, x = np.mgrid[0:96, 0:128]
    frames = [np.stack([x + 3 * t, y, (x // 16 + y // 16) % 2 * 90], -1) for t in range(8)]
    return np.stack(frames).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", PIXEL)
def test_a_pixel_fault_spoils_and_stays_a_clip(name, clip, rng):
    before = clip.copy()
    spoilt = PIXEL[name](clip, rng)
    assert (spoilt.dtype, spoilt.ndim, spoilt.shape[-1]) == (np.uint8, 4, 3)
    assert min(spoilt.shape[1:3]) >= 32
    assert spoilt.shape != clip.shape or (spoilt != clip).any()
    np.testing.assert_array_equal(clip, before)


@pytest.mark.parametrize("name", LATENT)
def test_a_latent_fault_spoils_and_stays_finite(name, rng):
    latents = rng.normal(0, 1, (6, 4, 12, 16)).astype(np.float32)
    before = latents.copy()
    spoilt = LATENT[name](latents, rng)
    assert (spoilt.ndim, spoilt.dtype) == (4, np.float32)
    assert np.isfinite(spoilt).all()
    assert spoilt.shape != latents.shape or (spoilt != latents).any()
    np.testing.assert_array_equal(latents, before)


def test_undecoded_latents_become_pictures(rng):
    shown = undecoded(rng.normal(0, 1, (3, 8, 12, 16)).astype(np.float32), rng)
    assert (shown.dtype, shown.shape[0], shown.shape[3]) == (np.uint8, 3, 3)


@pytest.mark.parametrize("name", NEGATIVES)
def test_a_hard_negative_is_a_clip(name, clip, rng):
    made = NEGATIVES[name](clip, rng)
    assert (made.dtype, made.ndim, made.shape[-1]) == (np.uint8, 4, 3)
    assert len(made) >= len(clip) // 2


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_has_the_size_asked_for(name, rng):
    assert DRAWINGS[name](5, 64, 96, rng).shape == (5, 64, 96, 3)


def test_kin_is_the_idea_and_not_the_name():
    assert kin_of("uniform_noise") == kin_of("fixed_pattern")
    assert kin_of("a kind of its own") == "a kind of its own"


def test_no_kind_has_two_kin():
    kinds = [kind for kinds in KIN.values() for kind in kinds]
    assert len(kinds) == len(set(kinds))


def test_every_fault_has_kin():
    known = {kind for kinds in KIN.values() for kind in kinds}
    made = {name if name == "undecoded" else f"lat_{name}" for _, name in kinds()}
    assert {*PIXEL, *made} - known == set()


def test_a_group_is_always_in_the_same_fold():
    assert {fold_of("a/repository", 8) for _ in range(3)} == {fold_of("a/repository", 8)}
    assert {fold_of(f"group {n}", 8) for n in range(200)} == set(range(8))


def test_clips_are_cut_and_scaled_to_size(clip):
    assert fitted(clip, 64, 64).shape == (8, 64, 64, 3)


def test_the_manifest_tells_whose_pictures_a_fault_spoils(tmp_path):
    columns = "file,label,kind,family,domain,source,group,base"
    rows = [
        "good/repo__a.mp4,good,real,good,natural,owner/repo:a.mp4@1,owner/repo,",
        "garbage/x.mp4,garbage,tile_shuffle,layout,,pixel generator,tile_shuffle,repo__a.mp4",
        "garbage/y.mp4,garbage,black,flat,,pixel generator,black,",
    ]
    (tmp_path / "manifest.csv").write_text("\n".join([columns, *rows]))
    assert [item.source for item in corpus_items(tmp_path)] == ["owner/repo", "owner/repo", ""]


def test_further_clips_are_listed_with_their_repository(tmp_path):
    (tmp_path / "list.csv").write_text("file,repo,domain\na.gif,owner+repo,graphic\n")
    (item,) = collected_items(tmp_path)
    assert (item.source, item.domain, item.label) == ("owner/repo", "graphic", "good")


def test_exact_intervals():
    pytest.importorskip("scipy")
    low, high = clopper_pearson(0, 370)
    assert (low, round(high, 4)) == (0.0, 0.0099)
    assert clopper_pearson(5, 5)[1] == 1.0


def test_trees_as_data_say_what_the_trees_say():
    ensemble = pytest.importorskip("sklearn.ensemble")
    from compat.frames.score.model import from_data
    from tools.judge_training.trees import trees_as_data

    rng = np.random.default_rng(0)
    rows = rng.normal(0, 1, (300, 5))
    rows[rng.random(rows.shape) < 0.1] = np.nan
    bad = np.nan_to_num(rows[:, 0] * rows[:, 1] + rows[:, 2]) > 0
    model = ensemble.HistGradientBoostingClassifier(max_depth=3, max_iter=20).fit(rows, bad)
    data = trees_as_data(model, list("abcde"))
    limits = {"garbage": 1, "suspect": 0, "calibration": [[-1, 0], [1, 1]]}
    score = from_data(json.loads(json.dumps(data | limits)))
    ours = score.log_odds(
        np.stack([score.row(dict(zip("abcde", row, strict=True)))[0] for row in rows])
    )
    np.testing.assert_allclose(ours, model.decision_function(rows), atol=1e-3)
