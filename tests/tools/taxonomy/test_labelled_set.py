"""A labelled set needs no corpus, is the same by seed, and is read by the judge's training."""

import csv
import hashlib

import numpy as np
import pytest

from compat.frames.decode import open_clip
from tools.judge_training.material import corpus_items
from tools.taxonomy.kinds import KINDS
from tools.taxonomy.labelled_set import COLUMNS, Order, make
from tools.taxonomy.scenes import SCENES

ORDER = Order(count=40, seed=3, width=128, height=96, frames=6, generated=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("set")
    make(out, ORDER)
    return out


def rows(out):
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_has_its_file(made):
    listed = rows(made)
    assert tuple(listed[0]) == COLUMNS
    assert len(listed) == ORDER.count
    for row in listed:
        data = (made / row["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()[:16]) == (
            int(row["bytes"]), row["sha256"],
        )  # fmt: skip


def test_it_holds_right_clips_faults_and_look_alikes(made):
    kinds = [row["kind"] for row in rows(made)]
    assert {row["label"] for row in rows(made)} == {"good", "garbage"}
    assert "scene" in kinds
    assert any(kind.startswith("good_") for kind in kinds)
    assert len({row["family"] for row in rows(made)}) >= 5
    assert set(kinds) <= set(KINDS) | {"scene"}


def test_the_training_reads_it_and_knows_whose_pictures_a_fault_spoils(made):
    for item, row in zip(corpus_items(made), rows(made), strict=True):
        assert item.path.exists()
        assert item.source in SCENES
        assert item.path.name.startswith(item.source)
        assert item.label == row["label"]


def test_clips_are_lossless(made):
    row = next(row for row in rows(made) if row["kind"] == "scene")
    frames = np.stack(list(open_clip(made / row["file"])))
    assert frames.shape == (ORDER.frames, ORDER.height, ORDER.width, 3)
    number = int(row["source"].partition(":")[2])
    rng = np.random.default_rng([ORDER.seed, number])
    scene = list(SCENES)[int(rng.integers(len(SCENES)))]
    wanted = SCENES[scene](ORDER.frames, ORDER.height, ORDER.width, rng)
    np.testing.assert_array_equal(frames, wanted)


def test_the_same_order_makes_the_same_clips(made, tmp_path):
    few = Order(count=6, seed=3, width=128, height=96, frames=6, generated=False)
    make(tmp_path, few)
    assert [row["sha256"] for row in rows(tmp_path)] == [r["sha256"] for r in rows(made)[:6]]
