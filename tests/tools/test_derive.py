"""Hard negatives of libavfilter stay clips that show their base."""

import csv

import numpy as np
import pytest

from tools.judge_training.derive import EFFECTS, derive, filtered
from tools.judge_training.material import Item, collected_items

pytest.importorskip("av")


@pytest.fixture
def clip():
    still = np.random.default_rng(0).integers(0, 90, (6, 8, 3), np.uint8)
    frames = still.repeat(16, axis=0).repeat(16, axis=1)[None].repeat(12, axis=0)
    for t in range(12):
        frames[t, 30:60, 8 * t : 8 * t + 30] = (240, 200, 120)
    return frames


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_changes_a_clip_and_leaves_a_clip(effect, clip):
    made = filtered(clip, EFFECTS[effect])
    assert (made.dtype, made.ndim, made.shape[-1]) == (np.uint8, 4, 3)
    assert len(made) >= len(clip) // 3
    assert made.std(axis=(1, 2)).max() > 8
    assert made.shape != clip.shape or (made != clip).any()


def test_derived_clips_are_listed_with_kind_and_source(tmp_path, clip):
    np.save(tmp_path / "base.npy", clip)
    item = Item(
        path=tmp_path / "base.npy", label="good", kind="collected", family="good",
        domain="natural", source="owner/name",
    )  # fmt: skip
    (row,) = derive([item], 1, tmp_path)
    with (tmp_path / "list.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, row)
        rows.writeheader()
        rows.writerow(row)
    (read,) = collected_items(tmp_path)
    assert (read.kind, read.source, read.domain) == (row["kind"], "owner/name", "natural")
    assert read.kind.startswith("derived_")
    assert read.path.exists()
