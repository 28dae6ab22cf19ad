"""The contact sheet and the timeline show where to look."""

import numpy as np
from PIL import Image

from compat.frames.judge import judge
from compat.frames.lettering import LINE
from compat.frames.sheet import RED, chosen, contact_sheet
from compat.frames.timeline import SHADES, WIDTH, timeline


def colours(path):
    with Image.open(path) as picture:
        return {tuple(colour) for colour in np.asarray(picture).reshape(-1, 3).tolist()}


def test_the_sheet_marks_the_worst_frames_only(clips, tmp_path):
    for name, marked in (("good, then noise", True), ("landscape", False)):
        clip = clips(name)
        contact_sheet(iter(clip), judge(clip), tmp_path / "sheet.png")
        assert (RED in colours(tmp_path / "sheet.png")) is marked


def test_the_sheet_shows_first_last_and_worst(clips):
    judgement = judge(clips("good, then noise"))
    assert {0, 23, *judgement.worst_frames} <= chosen(judgement)


def test_a_long_clip_still_fits_one_sheet(clips, tmp_path):
    clip = np.concatenate([clips("landscape")] * 10)
    assert len(chosen(judge(clip))) <= 24


def test_the_timeline_shades_bad_frames(clips, tmp_path):
    for name, shaded in (("good, then noise", True), ("landscape", False)):
        timeline(judge(clips(name)), tmp_path / "timeline.png")
        assert bool(set(SHADES.values()) & colours(tmp_path / "timeline.png")) is shaded


def test_windows_stand_side_by_side(clips, tmp_path):
    windows = [judge(clips("cartoon 64x64x9")), judge(clips("black 64x64"))]
    timeline(windows, tmp_path / "timeline.png")
    with Image.open(tmp_path / "timeline.png") as picture:
        assert picture.size[0] == WIDTH


def test_one_frame_and_tiny_frames_can_be_drawn(clips, tmp_path):
    clip = clips("landscape")[:1, :5, :3]
    contact_sheet(clip, judge(clip), tmp_path / "sheet.png")
    timeline(judge(clip), tmp_path / "timeline.png")


def test_a_long_sentence_is_wrapped_and_not_cut(clips, tmp_path):
    from dataclasses import replace

    clip = clips("latent noise")
    judgement = judge(clip)
    long = replace(judgement.findings[0], message="far " * 200)
    contact_sheet(iter(clip), replace(judgement, findings=(long,)), tmp_path / "long.png")
    contact_sheet(iter(clip), replace(judgement, findings=()), tmp_path / "short.png")
    with Image.open(tmp_path / "long.png") as tall, Image.open(tmp_path / "short.png") as low:
        assert tall.height - low.height >= 4 * LINE
