"""``framegate judge`` from the command line: exit codes, formats and files of every condition."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from compat.cli.main import main
from tests.frames.conftest import landscape


def picture(side=96, shift=0):
    y, x = np.mgrid[0:side, 0:side]
    inside = np.hypot(x - 30 - shift, y - 48) < 20
    return np.where(inside[..., None], (220, 40, 40), (60, 90, 200)).astype(np.uint8)


def a_clip(folder, name="clip.npy", frames=9, **changes):
    clip = np.stack([picture(shift=t) for t in range(frames)])
    for number, frame in changes.get("spoiled", {}).items():
        clip[number] = frame
    np.save(folder / name, clip)
    return str(folder / name)


@pytest.fixture
def black(tmp_path):
    np.save(tmp_path / "black.npy", np.zeros((9, 96, 96, 3), np.uint8))
    return str(tmp_path / "black.npy")


@pytest.fixture
def still(tmp_path):
    np.save(tmp_path / "still.npy", np.stack([picture()] * 9))
    return str(tmp_path / "still.npy")


def test_good_exits_0_and_says_so(tmp_path, capsys):
    assert main(["judge", a_clip(tmp_path)]) == 0
    assert "good (9 frames, probability of garbage " in capsys.readouterr().out


def test_garbage_exits_1_with_frames_and_stage(black, capsys):
    assert main(["judge", black]) == 1
    said = capsys.readouterr().out
    assert "every frame: blank" in said
    assert "points to: decode" in said


@pytest.mark.parametrize(("option", "code"), [([], 0), (["--strict"], 1)])
def test_suspect_exits_0_unless_strict(still, option, code):
    assert main(["judge", still, *option]) == code


def test_fast_says_how_many_frames_were_analysed(tmp_path, capsys):
    pan = landscape(96, 160, 96)
    np.save(tmp_path / "pan.npy", pan)
    assert main(["judge", str(tmp_path / "pan.npy"), "--fast"]) == 0
    said = re.search(r"good \(96 frames, (\d+) of them analysed in full", capsys.readouterr().out)
    assert 7 <= int(said[1]) <= 12
    main(["judge", str(tmp_path / "pan.npy"), "--fast", "--format", "json"])
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["measures"]["frames_analysed"] == int(said[1])


def test_fast_analyses_all_frames_of_what_is_not_clearly_good(black, capsys):
    assert main(["judge", black, "--fast"]) == 1
    assert "garbage (9 frames, probability" in capsys.readouterr().out


def test_what_cannot_be_opened_exits_5_with_a_sentence(tmp_path, capsys):
    (tmp_path / "page.mp4").write_text("<html>not found</html>", "utf-8")
    assert main(["judge", str(tmp_path / "page.mp4")]) == 5
    assert "is not a video" in capsys.readouterr().out


def test_garbage_among_many_wins(tmp_path, black):
    assert main(["judge", str(tmp_path / "missing.mp4"), a_clip(tmp_path), black]) == 1


def test_expectations_are_read(tmp_path):
    clip = a_clip(tmp_path)
    assert main(["judge", clip, "--expect", "frames=9,size=96x96,motion=yes"]) == 0
    assert main(["judge", clip, "--expect", "frames=17"]) == 1
    assert main(["judge", clip, "--expect", "size=64x96"]) == 1


@pytest.mark.parametrize(
    "text", ["frames", "frames=0", "size=848", "motion=maybe", "fps=fast", "fps=-1", "length=9"]
)
def test_an_expectation_that_makes_no_sense_exits_2(tmp_path, text, capsys):
    assert main(["judge", a_clip(tmp_path), "--expect", text]) == 2
    assert "does not understand" in capsys.readouterr().err


def test_json_is_one_document_with_the_verdict(tmp_path, black, capsys):
    assert main(["judge", a_clip(tmp_path), black, "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [result["verdict"] for result in document["results"]] == ["good", "garbage"]
    assert document["results"][1]["findings"][0]["rule"] == "blank-frames"
    assert document["results"][0]["measures"]["frames"] == 9


def test_pictures_are_written(black, tmp_path):
    sheet, timeline = tmp_path / "sheet.png", tmp_path / "timeline.png"
    main(["judge", black, "--sheet", str(sheet), "--timeline", str(timeline)])
    for path in (sheet, timeline):
        with Image.open(path) as written:
            assert written.size[0] > 900


def test_pictures_of_several_clips_are_refused(black):
    assert main(["judge", black, black, "--sheet", "sheet.png"]) == 2


def test_a_picture_that_cannot_be_written_exits_2(black, tmp_path, capsys):
    assert main(["judge", black, "--sheet", str(tmp_path / "no" / "sheet.png")]) == 2
    assert "cannot be written" in capsys.readouterr().err
