"""``framegate judge`` from the command line: exit codes, formats and files of every condition."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from compat.cli.main import main
from compat.frames.encode import write_mp4
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
    said = capsys.readouterr().out
    assert "is not a clip: it begins like a web page" in said
    assert "what to do: download the clip itself" in said


def test_garbage_among_many_wins(tmp_path, black):
    assert main(["judge", str(tmp_path / "missing.mp4"), a_clip(tmp_path), black]) == 1


def test_expectations_are_read(tmp_path):
    clip = a_clip(tmp_path)
    assert main(["judge", clip, "--expect", "frames=9,size=96x96,motion=yes"]) == 0
    assert main(["judge", clip, "--expect", "frames=17"]) == 1
    assert main(["judge", clip, "--expect", "size=64x96"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "frames",
        "frames=0",
        "size=848",
        "motion=maybe",
        "fps=fast",
        "fps=-1",
        "length=9",
        "duration=inf",
        "duration=nan",
        "loop=2",
        "fps=1e999",
    ],
)
def test_an_expectation_that_makes_no_sense_exits_2(tmp_path, text, capsys):
    assert main(["judge", a_clip(tmp_path), "--expect", text]) == 2
    assert "does not understand" in capsys.readouterr().err


def test_an_order_given_twice_exits_2(tmp_path, capsys):
    assert main(["judge", a_clip(tmp_path), "--expect", "frames=9,frames=17"]) == 2
    assert "twice" in capsys.readouterr().err


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


def test_one_picture_of_several_clips_is_refused(black, still):
    assert main(["judge", black, still, "--sheet", "sheet.png"]) == 2


def test_pictures_of_several_clips_go_into_a_folder(black, still, tmp_path):
    folder = tmp_path / "seen"
    assert main(["judge", black, still, "--sheet", str(folder), "--timeline", str(folder)]) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        "black.npy.sheet.png", "black.npy.timeline.png",
        "still.npy.sheet.png", "still.npy.timeline.png",
    ]  # fmt: skip


def test_patterns_are_expanded_and_the_sum_is_told(black, still, tmp_path, capsys):
    assert main(["judge", str(tmp_path / "*.npy"), "--quiet"]) == 1
    assert "2 clips: 1 suspect, 1 garbage" in capsys.readouterr().out
    assert main(["judge", str(tmp_path / "*.mp4")]) == 2
    assert "nothing matches" in capsys.readouterr().err


def test_quiet_leaves_out_what_is_good(tmp_path, black, capsys):
    good = a_clip(tmp_path)
    main(["judge", good, black, "--quiet"])
    said = capsys.readouterr().out
    assert good not in said
    assert black in said


def as_video(path, frames, *, rate=25):
    write_mp4(list(frames), path, fps=rate, crf=12)
    return str(path)


@pytest.fixture
def moving(tmp_path):
    return as_video(tmp_path / "moving.mp4", [picture(shift=t) for t in range(25)])


ORDERS = {
    "frames=25": 0,
    "frames=26": 1,
    "fps=25": 0,
    "size=96x96": 0,
    "size=96x97": 1,
    "duration=1": 0,
    "duration=1.02s": 0,
    "duration=2": 1,
    "duration=0.5": 1,
    "motion=yes": 0,
    "audio=no": 0,
    "audio=yes": 1,
    "loop=no": 0,
    "black-intro=no": 0,
    "frames=25,size=96x96,fps=25,duration=1,motion=yes,loop=no,audio=no,black-intro=no": 0,
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_clip_is_held_against_its_order(moving, order):
    assert main(["judge", moving, "--expect", order]) == ORDERS[order]


def test_a_rate_that_was_not_ordered_makes_it_suspect(moving, capsys):
    assert main(["judge", moving, "--expect", "fps=16", "--strict"]) == 1
    assert "25.00 frames per second, expected 16.00" in capsys.readouterr().out


@pytest.fixture
def looped(tmp_path):
    once = [picture(shift=5 * np.sin(t * np.pi / 4)) for t in range(8)]
    np.save(tmp_path / "looped.npy", np.stack(once * 4))
    return str(tmp_path / "looped.npy")


@pytest.mark.parametrize(("order", "code"), [("", 1), ("loop=yes", 0), ("loop=no", 1)])
def test_a_loop_is_right_where_it_was_ordered(looped, order, code):
    assert main(["judge", looped, "--expect", order, "--strict"]) == code


@pytest.fixture
def after_black(tmp_path):
    clip = np.stack([picture(shift=t) for t in range(30)])
    clip[:6] = 0
    np.save(tmp_path / "intro.npy", clip)
    return str(tmp_path / "intro.npy")


@pytest.mark.parametrize(
    ("order", "verdict"), [("black-intro=yes", "good"), ("black-intro=no", "garbage")]
)
def test_a_black_intro_is_right_where_it_was_ordered(after_black, order, verdict, capsys):
    main(["judge", after_black, "--expect", order])
    assert f": {verdict} (30 frames" in capsys.readouterr().out


def test_json_holds_the_file_the_order_and_the_new_bytes(moving, capsys):
    main(["judge", moving, "--format", "json", "--expect", "frames=25,motion=yes", "--per-frame"])
    measures = json.loads(capsys.readouterr().out)["results"][0]["measures"]
    assert measures["file"]["codec"] == "h264"
    assert measures["file"]["declared_frames"] == 25
    assert measures["file"]["pictures"]["layout"] == "yuv420p"
    again = measures["file"]["encoded_again"]
    assert 16 <= again["frames"] <= 24
    assert again["ratio"] == pytest.approx(again["own"] / again["again"], rel=0.3)
    assert measures["expected"] == {"frames": 25, "motion": True, "in_distribution": True}
    assert len(measures["per_frame"]["luma_mean"]) == 25


def test_without_encoding_nothing_is_said_about_bytes(moving, capsys):
    main(["judge", moving, "--format", "json", "--no-encode"])
    measures = json.loads(capsys.readouterr().out)["results"][0]["measures"]
    assert measures["file"]["encoded_again"] is None


def test_sarif_names_the_rules(black, capsys):
    assert main(["judge", black, "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert log["runs"][0]["results"][0]["ruleId"] == "blank-frames"


def test_ctrl_c_leaves_no_half_picture(black, tmp_path, monkeypatch, capsys):
    from compat.frames import sheet

    def interrupted(frames, judgement, path, *, name):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(sheet, "contact_sheet", interrupted)
    folder = tmp_path / "seen"
    folder.mkdir()
    assert main(["judge", black, "--sheet", str(folder / "sheet.png")]) == 130
    assert list(folder.iterdir()) == []


def test_a_picture_that_cannot_be_written_exits_2(black, tmp_path, capsys):
    assert main(["judge", black, "--sheet", str(tmp_path / "no" / "sheet.png")]) == 2
    assert "cannot be written" in capsys.readouterr().err
