"""The figures of the judge: what is counted, with and without an order, and where it is written."""

import numpy as np
import pytest

from compat.frames.judge import detectors
from compat.frames.measures import measure_clip
from tools.judge_training.extract import made_clips
from tools.judge_training.fit import BEGIN, END, write_between
from tools.judge_training.folds import KIN
from tools.judge_training.make import keep
from tools.judge_training.measured import MeasuredClip, order_of, rules
from tools.judge_training.report import verdicts
from tools.judge_training.worth import OWN, auc, worth


def a_clip(**about):
    given = {
        "name": "c", "label": "garbage", "kind": "frozen", "family": "temporal", "domain": "",
        "source": "", "made": False, "rule": "info", "found": {}, "ordered": "high",
        "ordered_found": {"frozen": "high"}, "entropy": 5.0, "names": ("a",), "row": np.zeros(1),
    }  # fmt: skip
    return MeasuredClip(**given | about)


def moving(step):
    ramp = np.arange(96, dtype=np.float32)[None] * 2 + np.zeros((64, 1), np.float32)
    frames = [np.roll(ramp, step * t, axis=1)[..., None] + np.zeros(3) for t in range(12)]
    return np.stack(frames).astype(np.uint8)


def test_a_still_is_stopped_only_where_its_order_is_given():
    (verdict,) = verdicts([a_clip()], np.array([False]), np.array([False]))
    assert (verdict.stopped, verdict.noticed, verdict.ordered) == (False, False, True)


def test_what_the_score_stops_is_stopped_in_both():
    (verdict,) = verdicts([a_clip(ordered="info")], np.array([True]), np.array([True]))
    assert (verdict.stopped, verdict.ordered) == (True, True)


@pytest.mark.parametrize(
    ("label", "step", "motion"),
    [("garbage", 0, True), ("good", 0, None), ("good", 4, True)],
)
def test_motion_was_ordered_of_garbage_and_of_what_moves(label, step, motion):
    measures = measure_clip(moving(step))
    order = order_of(label, measures)
    assert (order.motion, order.frames, order.width, order.height) == (motion, 12, 96, 64)


def test_rules_speak_without_the_score():
    measures = measure_clip(np.zeros((8, 64, 96, 3), np.uint8))
    found = rules(measures, order_of("garbage", measures))
    assert found["blank-frames"] == "high"
    assert "unlike-video" not in found


def test_detectors_and_their_kinds_exist():
    assert set(OWN) - set(detectors()) == set()
    assert {kin for kinds in OWN.values() for kin in kinds} - set(KIN) == set()


def test_every_detector_has_a_line():
    clips = [a_clip(), a_clip(label="good", kind="collected", domain="natural")]
    none = np.zeros(2, bool)
    lines = list(worth(clips, {"stopped": none, "suspect": none}))
    assert len(lines) == 3 + len(detectors())
    assert any(line.startswith("| `frozen` | 1 | 100.0% | 100.0%") for line in lines)


def test_auc_is_the_share_of_pairs_in_order():
    assert auc([1, 2, np.nan], [3, 4]) == 1
    assert auc([1, 2], [1, 2]) == 0.5


def test_tables_replace_what_stands_between_the_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n")
    write_between(page, ["new"])
    assert page.read_text() == f"above\n{BEGIN}\nnew\n\n{END}\nbelow\n"


def test_a_made_clip_is_found_again_with_what_it_is(tmp_path):
    about = {"name": "a#0.0.kind", "label": "garbage", "kind": "kind"}
    keep(tmp_path, about, moving(1), np.random.default_rng(0))
    ((read, path),) = made_clips(tmp_path)
    assert read == about
    assert path.exists()
