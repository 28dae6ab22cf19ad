"""Every file detector fires on what it is for, and says nothing about a file in order."""

from dataclasses import replace
from pathlib import Path

import pytest

from compat.core.model import Severity
from compat.frames.clip import Clip, ClipInfo, Passage, Pictures
from compat.frames.compared import Compared
from compat.frames.containers.skeleton import Skeleton
from compat.frames.expectation import ANYTHING, Expectation
from compat.frames.file_side import file_detectors, file_findings

PICTURES = Pictures(
    layout="yuv420p", bits=8, full_range=False, matrix=1, transfer=1, pixel_aspect=1.0,
    interlaced=False, seconds=1.0, start=0.0, audio_seconds=None, audio_tracks=0, video_tracks=1,
    coded=(848, 480),
)  # fmt: skip
INFO = ClipInfo(
    path="clip.mp4", width=848, height=480, codec="h264", fps=25.0, declared_frames=25,
    file_bytes=100_000, container="mov", pictures=PICTURES,
    skeleton=Skeleton(kind="mp4", promised=100_000),
)  # fmt: skip
TIMES = [number / 25 for number in range(25)]
BYTES = Compared(frames=24, own=90_000, again=85_000, codec="h264")


def clip_with(*, info=(), pictures=(), skeleton=(), passage=()):
    changed = replace(
        INFO,
        pictures=replace(PICTURES, **dict(pictures)),
        skeleton=replace(INFO.skeleton, **dict(skeleton)),
    )
    clip = Clip(replace(changed, **dict(info)), lambda _: iter(()))
    plain = Passage(times=list(TIMES), lengths=[0.04] * 25, packets=25, compared=BYTES)
    clip.passage = replace(plain, **dict(passage))
    return clip


def longer(count, start=0.0, step=0.04):
    return {"times": [start + n * step for n in range(count)], "lengths": [step] * count}


SECOND = {"follows": "another clip", "follows_at": 90_000}
# rule: pairs of what is odd about the clip (and was ordered) and how grave that is.
FIRES = {
    "clip-damaged": [({"passage": {"broken": 3, "broken_after": 7}}, {}, Severity.HIGH)],
    "concealed-damage": [
        ({"passage": {"spoiled": [3, 4]}}, {}, Severity.HIGH),
        ({"passage": {"patched": [3], "complaint": "error while decoding MB 1 2"}}, {},
         Severity.HIGH),
        ({"passage": {"patched": [0], "complaint": "mmco: unref short failure"}}, {},
         Severity.MEDIUM),
    ],
    "zeroed": [({"passage": {"zeroed": [5]}}, {}, Severity.HIGH)],
    "cut-short": [
        ({"skeleton": {"promised": 200_000}}, {}, Severity.HIGH),
        ({"skeleton": {"ends": False}}, {}, Severity.MEDIUM),
    ],
    "unfinished": [({"skeleton": {"unfinished": True}}, {}, Severity.LOW)],
    "more-behind": [
        ({"skeleton": SECOND}, {}, Severity.MEDIUM),
        ({"skeleton": {"follows": "40 bytes of zeros"}}, {}, Severity.LOW),
    ],
    "clip-shorter-than-declared": [
        ({"info": {"declared_frames": 60}}, {}, Severity.MEDIUM),
        ({"info": {"declared_frames": None}, "pictures": {"seconds": 3.0}}, {}, Severity.MEDIUM),
    ],
    "start-missing": [
        ({"passage": {"first_is_key": False, "packets": 30}}, {}, Severity.HIGH),
        ({"passage": {"first_is_key": False}}, {}, Severity.MEDIUM),
    ],
    "hidden-frames": [
        ({"passage": {"hidden": 5, "packets": 30}}, {}, Severity.INFO),
        ({"passage": {"hidden": 5, "packets": 30}}, {"frames": 30}, Severity.MEDIUM),
    ],
    "variable-rate": [
        ({"passage": {"times": [*TIMES[:-1], 3.0]}}, {}, Severity.INFO),
        ({"passage": {"times": [*TIMES[:-1], 3.0]}}, {"fps": 25}, Severity.MEDIUM),
    ],
    "disordered-times": [({"passage": {"disordered": 2}}, {}, Severity.MEDIUM)],
    "late-start": [({"passage": longer(25, start=5.0)}, {}, Severity.LOW)],
    "wrong-duration": [
        ({}, {"duration": 2.0}, Severity.HIGH),
        ({"passage": longer(25, step=0.08)}, {"duration": 1.0}, Severity.HIGH),
        ({"passage": {"times": [None] * 25, "lengths": []}}, {"duration": 3.0}, Severity.HIGH),
    ],
    "wrong-audio": [
        ({}, {"audio": True}, Severity.HIGH),
        ({"pictures": {"audio_tracks": 1, "audio_seconds": 1.0}}, {"audio": False}, Severity.HIGH),
        ({"pictures": {"audio_tracks": 1, "audio_seconds": 4.0}}, {}, Severity.LOW),
        ({"pictures": {"audio_tracks": 1, "audio_seconds": 4.0}}, {"audio": True},
         Severity.MEDIUM),
    ],
    "several-videos": [({"pictures": {"video_tracks": 2}}, {}, Severity.LOW)],
    "shown-size": [
        ({"pictures": {"pixel_aspect": 1.33}}, {}, Severity.INFO),
        ({"pictures": {"pixel_aspect": 1.33}}, {"width": 848}, Severity.MEDIUM),
    ],
    "turned": [({"passage": {"turned": 90}}, {}, Severity.INFO)],
    "special-levels": [
        ({"pictures": {"transfer": 16}}, {}, Severity.INFO),
        ({"pictures": {"transfer": 18}}, {}, Severity.INFO),
        ({"pictures": {"interlaced": True}}, {}, Severity.INFO),
        ({"pictures": {"layout": "yuva420p"}}, {}, Severity.INFO),
        ({"passage": {"see_through": 4}}, {}, Severity.INFO),
    ],
    "declared-size": [
        ({"skeleton": {"size": (1280, 720)}, "passage": {"stored": (848, 480)}}, {}, Severity.LOW),
    ],
    "wrong-suffix": [({"info": {"path": "clip.webm"}}, {}, Severity.LOW)],
    "not-all-read": [({"passage": {"stopped": "it is too long"}}, {}, Severity.INFO)],
    "bytes-per-frame": [
        ({"passage": {"compared": replace(BYTES, own=400_000)}}, {}, Severity.MEDIUM),
        ({"passage": {"compared": replace(BYTES, own=9_000)}}, {}, Severity.MEDIUM),
        ({"passage": {"compared": Compared(why="nobody can")}}, {}, Severity.INFO),
    ],
}  # fmt: skip
CASES = [(rule, *case) for rule, cases in FIRES.items() for case in cases]


@pytest.mark.parametrize(("rule", "odd", "ordered", "severity"), CASES)
def test_a_detector_fires_on_what_it_is_for(rule, odd, ordered, severity):
    found = file_detectors()[rule].look(clip_with(**odd), Expectation(**ordered))
    assert found is not None
    assert (found.rule, found.severity) == (rule, severity)
    assert found.place.path.startswith("clip")
    assert found.message[0] == found.message[0].lower()


QUIET = {
    "as it is": ({}, {}),
    "as ordered": ({}, {"frames": 25, "fps": 25, "duration": 1.0, "audio": False, "width": 848}),
    "with sound": ({"pictures": {"audio_tracks": 1, "audio_seconds": 1.2}}, {"audio": True}),
    "a little late": ({"passage": longer(25, start=0.08)}, {}),
    "a transport stream": ({"info": {"container": "mpegts"}, "passage": longer(25, 1.4)}, {}),
    "with a frame hidden by rounding": ({"info": {"declared_frames": 26}}, {}),
    "without a suffix": ({"info": {"path": "clip"}}, {}),
    "of the size it declares": (
        {"skeleton": {"size": (848, 480)}, "passage": {"stored": (848, 480)}}, {}),
    "not compared": ({"passage": {"compared": None}}, {}),
    "of few bytes": (
        {"passage": {"compared": Compared(frames=24, own=700, again=200, codec="h264")}}, {}),
    "of no skeleton": ({"info": {"skeleton": None, "pictures": None}}, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", QUIET)
def test_all_detectors_are_silent_on_a_file_in_order(name):
    odd, ordered = QUIET[name]
    assert file_findings(clip_with(**odd), Expectation(**ordered) if ordered else ANYTHING) == ()


def test_every_detector_has_a_case_in_which_it_fires():
    assert set(file_detectors()) - {"missing-pictures"} == set(FIRES)


def test_the_gravest_stands_first():
    clip = clip_with(passage={"turned": 90, "broken": 2}, skeleton={"unfinished": True})
    assert [finding.rule for finding in file_findings(clip, ANYTHING)] == [
        "clip-damaged", "unfinished", "turned",
    ]  # fmt: skip


def folder(tmp_path, names):
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    info = replace(INFO, path=str(tmp_path), container="folder", skeleton=None, pictures=None)
    return Clip(info, lambda _: iter(()))


FOLDERS = {
    "all": ([f"f_{n}.png" for n in range(12)], ""),
    "one": (["f.png"], ""),
    "every fifth": ([f"f_{n:04}.png" for n in range(0, 50, 5)], ""),
    "a gap": ([f"f_{n}.png" for n in range(12) if n != 4], "numbered 4 are missing"),
    "many gaps": ([f"f_{n}.png" for n in range(40) if n < 9 or n > 30], "9, 10, 11, 12 and 18"),
    "two series": ([f"{s}_{n}.png" for s in "ab" for n in range(5)], "2 series"),
    "a number of many digits": ([f"f_{n}.png" for n in (1, 2, 3, 10**30)], "are missing"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_gaps_in_a_folder_are_named(tmp_path, name):
    names, words = FOLDERS[name]
    found = file_detectors()["missing-pictures"].look(folder(tmp_path, names), ANYTHING)
    assert (found is None) == (not words)
    assert found is None or words in found.message


def test_nothing_below_is_forgotten():
    """A file without a FileDetector in it would never be asked."""
    import compat.frames.file_detectors as package

    files = {path.stem.replace("_", "-") for path in Path(package.__path__[0]).glob("[a-z]*.py")}
    assert files == set(file_detectors())
