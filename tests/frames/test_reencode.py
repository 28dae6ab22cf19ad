"""Encoding a few frames again gives about the bytes they had, unless they were tampered with."""

from fractions import Fraction

import numpy as np
import pytest

from compat.frames.reencode import compare
from compat.frames.sampled_packets import sampled


@pytest.fixture(scope="module")
def scene():
    """Blobs of every size that pan: a picture that costs bytes."""
    rng = np.random.default_rng(0)
    wide = np.zeros((160, 400, 3))
    for side in (4, 8, 16, 48):
        cells = rng.normal(0, 22, (-(-160 // side), -(-400 // side), 3))
        wide += cells.repeat(side, axis=0).repeat(side, axis=1)[:160, :400]
    picture = np.clip(128 + wide, 0, 255).astype(np.uint8)
    return [np.ascontiguousarray(picture[:, 2 * t : 2 * t + 240]) for t in range(40)]


def encoded(path, frames, codec="libx264", pix_fmt="yuv420p", **options):
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=25, options=options)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pix_fmt
        for number, frame in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    return path


def padded(source, target, times):
    """Add filler units to every packet: legal, and no part of any picture."""
    import av

    with av.open(str(source)) as read, av.open(str(target), "w") as out:
        stream = read.streams.video[0]
        written = out.add_stream_from_template(stream)
        for packet in read.demux(stream):
            if packet.dts is None:
                continue
            data = bytes(packet)
            filler = b"\x0c" + b"\xff" * (len(data) * (times - 1)) + b"\x80"
            fresh = av.Packet(data + len(filler).to_bytes(4, "big") + filler)
            fresh.pts, fresh.dts, fresh.time_base = packet.pts, packet.dts, packet.time_base
            fresh.is_keyframe, fresh.stream = packet.is_keyframe, written
            out.mux(fresh)
    return target


ALIKE = {
    "x264 of crf 18": ("a.mp4", {"crf": "18"}),
    "x264 of crf 35": ("a.mp4", {"crf": "35"}),
    "x264 of short groups": ("a.mp4", {"crf": "23", "g": "8"}),
    "x264 without B frames": ("a.mp4", {"crf": "23", "bf": "0"}),
    "x264, very fast": ("a.mp4", {"crf": "23", "preset": "ultrafast"}),
    "x264 of 10 bits": ("a.mp4", {"crf": "23", "pix_fmt": "yuv420p10le"}),
    "vp9": ("a.webm", {"codec": "libvpx-vp9", "crf": "30", "b": "0"}),
    "mpeg4": ("a.avi", {"codec": "mpeg4", "qmin": "5", "qmax": "5"}),
    "ffv1": ("a.mkv", {"codec": "ffv1"}),
}


@pytest.mark.parametrize("name", ALIKE)
def test_an_honest_file_takes_about_the_same_bytes_again(tmp_path, scene, name):
    file, how = ALIKE[name]
    compared = compare(encoded(tmp_path / file, scene, **how))
    assert compared.why == ""
    assert 2 <= compared.frames <= 24
    assert 0.4 < compared.ratio < 2.5
    assert compared.seconds > 0


def test_padding_shows(tmp_path, scene):
    plain = encoded(tmp_path / "a.mp4", scene, crf="23")
    ratios = [compare(plain).ratio, compare(padded(plain, tmp_path / "b.mp4", 4)).ratio]
    assert ratios[1] > 3 * ratios[0]


NOT_DONE = {
    "a codec without known settings": ("a.avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}),
    "vp8": ("a.webm", {"codec": "libvpx"}),
}


@pytest.mark.parametrize("name", NOT_DONE)
def test_what_cannot_be_encoded_alike_is_said(tmp_path, scene, name):
    file, how = NOT_DONE[name]
    compared = compare(encoded(tmp_path / file, scene[:9], **how))
    assert compared.ratio is None
    assert "settings of the file" in compared.why


def test_a_single_frame_is_not_compared(tmp_path, scene):
    assert compare(encoded(tmp_path / "a.mp4", scene[:1])).ratio is None


def test_what_is_no_video_is_not_compared(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    assert "cannot be sought" in compare(tmp_path / "a.mp4").why


def test_runs_begin_at_key_frames_and_lie_apart(tmp_path, scene):
    taken = sampled(encoded(tmp_path / "a.mp4", scene, g="10", crf="23"))
    assert len(taken.runs) == 3
    assert len(taken.frames) <= 24
    assert all(run[0].letter == "I" for run in taken.runs)
    assert all(run[-1].letter != "B" for run in taken.runs)
    assert "x264" in taken.said


def test_quantisers_are_those_of_the_encoder(tmp_path, scene):
    path = encoded(tmp_path / "a.mp4", scene, **{"x264-params": "qp=30:ipratio=1:pbratio=1"})
    assert {sample.quantiser for sample in sampled(path).frames} == {30.0}
