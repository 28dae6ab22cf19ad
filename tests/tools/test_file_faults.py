"""The faults that are made in files are faults, and the gross ones are found."""

from fractions import Fraction

import numpy as np
import pytest

from tools.file_faults.__main__ import rules_of
from tools.file_faults.faults import OF_FILES, OF_PACKETS, spoilt


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A moving picture that costs bytes: 40 frames, a key frame every ten."""
    import av

    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (12, 40, 3)).repeat(8, axis=0).repeat(8, axis=1)
    picture = np.clip(picture + rng.normal(0, 8, picture.shape), 0, 255).astype(np.uint8)
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        stream = out.add_stream("libx264", rate=25, options={"g": "10", "crf": "20"})
        stream.height, stream.width, stream.pix_fmt = 96, 160, "yuv420p"
        for number in range(40):
            frame = np.ascontiguousarray(picture[:, 3 * number : 3 * number + 160])
            shown = av.VideoFrame.from_ndarray(frame, format="rgb24")
            shown.pts, shown.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(shown))
        out.mux(stream.encode(None))
    return path


def test_the_clip_as_it_is_shows_nothing(clip):
    assert rules_of(clip) == {}


FOUND_BY = {
    "one byte in 1000 changed": {"concealed-damage", "clip-damaged"},
    "second half of each packet is noise": {"concealed-damage", "clip-damaged"},
    "packets exchanged": {"concealed-damage", "clip-damaged", "bytes-per-frame"},
    "first key frame lost": {"start-missing"},
    "every tenth packet zeroed": {"zeroed", "concealed-damage"},
    "padded to four times its size": {"bytes-per-frame"},
    "cut at 60 %": {"cut-short"},
    "cut by 100 bytes": {"cut-short"},
    "a hole of zeros": {"zeroed"},
    "glued to itself": {"more-behind"},
}


@pytest.mark.parametrize("fault", FOUND_BY)
def test_a_gross_fault_is_found(clip, tmp_path, fault):
    assert rules_of(spoilt(clip, tmp_path / "spoilt", fault)).keys() & FOUND_BY[fault]


@pytest.mark.parametrize("fault", [*OF_PACKETS, *OF_FILES])
def test_every_fault_changes_the_file_and_leaves_the_source(clip, tmp_path, fault):
    before = clip.read_bytes()
    made = spoilt(clip, tmp_path / "spoilt", fault)
    assert made.read_bytes() != before
    assert clip.read_bytes() == before
