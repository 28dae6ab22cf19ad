"""Video files of every odd kind are judged, with what is odd about them said."""

from fractions import Fraction

import numpy as np
import pytest

FINE = {"good", "suspect"}


def grown(frames, times):
    return np.repeat(np.repeat(frames, times, axis=1), times, axis=2)


def with_alpha(scene):
    alpha = np.full((*scene.shape[:3], 1), 255, np.uint8)
    alpha[:, :40, :40] = 0
    return np.concatenate([scene, alpha], axis=3)


def deep(scene):
    return scene.astype(np.uint16) * 257


def marked(matrix, transfer, primaries, full=1):
    def setup(stream):
        context = stream.codec_context
        context.colorspace, context.color_trc = matrix, transfer
        context.color_primaries, context.color_range = primaries, full

    return setup


def stretched(stream):
    stream.sample_aspect_ratio = stream.codec_context.sample_aspect_ratio = 2


def lying(stream):
    stream.set_display_rotation(90)


FFV1 = {"codec": "ffv1"}

# name: how to make it, and the rules that must be among those that are said.
ODD = {
    "one frame": (lambda m: m.video("a.mp4", m.scene[:1]), "undecided", ["not-judged"]),
    "two frames": (lambda m: m.video("a.mp4", m.scene[:2]), FINE, []),
    "three frames of mkv": (lambda m: m.video("a.mkv", m.scene[:3]), FINE, []),
    "variable rate": (
        lambda m: m.video("a.mkv", m.scene[:9], times=[0, 40, 80, 120, 400, 440, 480, 900, 940]),
        FINE, ["variable-rate"]),
    "vp9 alpha of webm": (
        lambda m: m.video("a.webm", with_alpha(m.scene), codec="libvpx-vp9", pix_fmt="yuva420p"),
        FINE, []),
    "rgba": (
        lambda m: m.video("a.mkv", with_alpha(m.scene), pix_fmt="bgra", **FFV1),
        FINE, ["special-levels"]),
    "10 bits": (lambda m: m.video("a.mp4", deep(m.scene), pix_fmt="yuv420p10le"), FINE, []),
    "10 bits of 4:2:2 prores": (
        lambda m: m.video("a.mov", deep(m.scene), codec="prores_ks", pix_fmt="yuv422p10le"),
        FINE, []),
    "12 bits of 4:4:4": (
        lambda m: m.video("a.mkv", deep(m.scene), pix_fmt="yuv444p12le", **FFV1), FINE, []),
    "16 bits of RGB": (
        lambda m: m.video("a.mkv", deep(m.scene), pix_fmt="gbrp16le", **FFV1), FINE, []),
    "4:4:4": (lambda m: m.video("a.mp4", pix_fmt="yuv444p"), FINE, []),
    "grey": (lambda m: m.video("a.mkv", pix_fmt="gray", **FFV1), FINE, []),
    "full range": (lambda m: m.video("a.mp4", pix_fmt="yuvj420p"), FINE, []),
    "bt709": (lambda m: m.video("a.mp4", setup=marked(1, 1, 1)), FINE, []),
    "PQ": (
        lambda m: m.video("a.mkv", deep(m.scene), pix_fmt="yuv420p10le", setup=marked(9, 16, 9)),
        FINE, ["special-levels"]),
    "HLG": (
        lambda m: m.video("a.mkv", deep(m.scene), pix_fmt="yuv420p10le", setup=marked(9, 18, 9)),
        FINE, ["special-levels"]),
    "33 by 47": (
        lambda m: m.video("a.mkv", np.ascontiguousarray(m.scene[:, 60:107, 100:133]),
                          pix_fmt="bgr0", **FFV1), FINE, []),
    "too small": (
        lambda m: m.video("a.mp4", np.ascontiguousarray(m.scene[:, 70:86, 100:116])),
        "undecided", ["not-judged"]),
    "4K": (lambda m: m.video("a.mp4", grown(m.scene[:3], 15), options={"preset": "ultrafast"}),
           FINE | {"garbage"}, []),
    "8K": (lambda m: m.video("a.mp4", grown(m.scene[:2], 30), options={"preset": "ultrafast"}),
           FINE | {"garbage"}, []),
    "turned": (lambda m: m.video("a.mp4", setup=lying), FINE, ["turned"]),
    "stretched": (lambda m: m.video("a.mp4", setup=stretched), FINE, ["shown-size"]),
    "interlaced": (
        lambda m: m.video("a.mkv", options={"x264-params": "tff=1"}), FINE, ["special-levels"]),
    "mpeg4 of avi": (lambda m: m.video("a.avi", codec="mpeg4"), FINE, []),
    "mjpeg of avi": (lambda m: m.video("a.avi", codec="mjpeg", pix_fmt="yuvj420p"), FINE, []),
    "h264 of flv": (lambda m: m.video("a.flv"), FINE, []),
    "h264 of ts": (lambda m: m.video("a.ts"), FINE, []),
    "raw h264": (lambda m: m.video("a.h264"), FINE, []),
    "mpeg2 of mpg": (lambda m: m.video("a.mpg", codec="mpeg2video"), FINE, []),
    "theatre of y4m": (lambda m: m.video("a.y4m", codec="rawvideo"), FINE, []),
    "fragmented": (
        lambda m: m.video("a.mp4", container={"movflags": "frag_keyframe+empty_moov"},
                          options={"g": "8"}), FINE, []),
    "sound of another length": (
        lambda m: m.sound("a.mp4", seconds=4, frames=m.scene), FINE, ["wrong-audio"]),
    "a name of another kind": (
        lambda m: m.video("a.mp4").rename(m.folder / "a.gif"), FINE, ["wrong-suffix"]),
    "no name of any kind": (lambda m: m.video("a.mp4").rename(m.folder / "clip"), FINE, []),
    "an odd name": (lambda m: m.video("a.mp4").rename(m.folder / "%d ä:|?.mp4"), FINE, []),
    "a linked file": (lambda m: linked(m.video("a.mp4"), m.folder / "b.mp4"), FINE, []),
}  # fmt: skip


def linked(path, link):
    link.symlink_to(path)
    return link


@pytest.mark.parametrize("name", ODD)
def test_an_odd_video_is_judged(name, make, judged):
    build, verdict, rules = ODD[name]
    said = judged(build(make))
    assert said.verdict in (verdict if isinstance(verdict, set) else {verdict}), said
    assert set(rules) <= set(said.rules)
    assert said.code == {"good": 0, "suspect": 0, "garbage": 1, "undecided": 5}[said.verdict]
    if not rules:
        assert not {"clip-damaged", "cut-short", "concealed-damage"} & set(said.rules)


def late(packets):
    for packet in packets:
        step = round(5 / packet.time_base)
        packet.pts, packet.dts = packet.pts + step, packet.dts + step
    return packets


def before_zero(packets):
    """An editor's trim: times go on from before zero, and an edit list hides those frames."""
    for packet in packets:
        step = round(Fraction(8, 25) / packet.time_base)
        packet.pts, packet.dts = packet.pts - step, packet.dts - step
    return packets


def standing_still(packets):
    for packet in packets[5:8]:
        packet.pts = packets[7].pts
    return packets


def zeros_inside(m, name):
    path = m.video(name, options={"crf": "4"})
    return m.patched(path, path.stat().st_size // 2, bytes(2000))


def flipped(m, name):
    path = m.video(name, options={"crf": "4", "g": "3"})
    data = bytearray(path.read_bytes())
    for at in np.random.default_rng(3).integers(2000, data.find(b"moov") - 100, 80):
        data[at] ^= 0x5A
    path.write_bytes(data)
    return path


def other_size(path):
    data = bytearray(path.read_bytes())
    at = data.find(b"avc1", data.find(b"stsd"))
    data[at + 28 : at + 32] = (640).to_bytes(2, "big") + (360).to_bytes(2, "big")
    path.write_bytes(data)
    return path


FASTSTART = {"movflags": "faststart"}
PIECES = {"movflags": "frag_keyframe+empty_moov"}
ALL_KEYS = {"g": "1", "bf": "0"}
SIMPLE = {"bf": "0"}

# name: how to make it, the verdicts that are right, the rules of which one must be said.
SPOILED = {
    "mp4 cut in its data": (
        lambda m: m.cut(m.video("a.mp4", container=FASTSTART), 0.6), {"garbage"}, {"cut-short"}),
    "mp4 cut in pieces": (
        lambda m: m.cut(m.video("a.mp4", container=PIECES, options={"g": "6"}), 0.6),
        {"garbage"}, {"cut-short"}),
    "webm cut": (
        lambda m: m.cut(m.video("a.webm", codec="libvpx-vp9"), 0.6), {"garbage"}, {"cut-short"}),
    "mkv cut": (lambda m: m.cut(m.video("a.mkv"), 0.6), {"garbage"}, {"cut-short"}),
    "avi cut": (lambda m: m.cut(m.video("a.avi", codec="mpeg4"), 0.6), {"garbage"}, {"cut-short"}),
    "zeros inside": (lambda m: zeros_inside(m, "a.mp4"), {"garbage"}, {"zeroed"}),
    "bytes flipped": (lambda m: flipped(m, "a.mp4"), {"garbage"},
                      {"clip-damaged", "concealed-damage"}),
    "no key frame in front": (
        lambda m: m.copied(m.video("a.mp4", options={"g": "8", **SIMPLE}), "b.mkv",
                           lambda packets: packets[3:]), {"garbage"}, {"start-missing"}),
    "late times": (
        lambda m: m.copied(m.video("a.mp4", options=SIMPLE), "b.mkv", late), FINE, {"late-start"}),
    "another size than is declared": (
        lambda m: other_size(m.video("a.mp4")), FINE, {"declared-size"}),
    "frames hidden by an edit list": (
        lambda m: m.copied(m.video("a.mp4", options=SIMPLE), "b.mp4", before_zero), FINE,
        {"hidden-frames"}),
    "a length left open": (
        lambda m: m.video("a.mkv", container={"live": "1"}), FINE, {"unfinished"}),
    "times that stand still": (
        lambda m: m.copied(m.video("a.mp4", options=ALL_KEYS), "b.mkv", standing_still),
        {"suspect"}, {"disordered-times"}),
    "two clips glued together": (
        lambda m: m.raw("c.mp4", m.video("a.mp4").read_bytes() + m.video("b.mp4").read_bytes()),
        {"suspect"}, {"more-behind"}),
    "zeros behind": (
        lambda m: m.raw("c.mp4", m.video("a.mp4").read_bytes() + bytes(5000)), FINE,
        {"more-behind"}),
    "two mkv glued together": (
        lambda m: m.raw("c.mkv", m.video("a.mkv").read_bytes() + m.video("b.mkv").read_bytes()),
        {"suspect"}, {"more-behind"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_video_is_noticed(name, make, judged):
    build, verdicts, rules = SPOILED[name]
    said = judged(build(make))
    assert said.verdict in verdicts, said
    assert rules & set(said.rules), said
    assert said.code == (1 if said.verdict == "garbage" else 0)
    assert all(
        remedy for rule, remedy in zip(said.rules, said.remedies, strict=True) if rule in rules
    )


def test_several_videos_in_a_file_are_named(make, judged):
    import av

    path = make.folder / "two.mkv"
    with av.open(str(path), "w") as out:
        streams = [out.add_stream("libx264", rate=25) for _ in range(2)]
        for stream in streams:
            stream.height, stream.width, stream.pix_fmt = 144, 256, "yuv420p"
        for number, frame in enumerate(make.scene):
            for stream in streams:
                picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
                picture.pts = number
                out.mux(stream.encode(picture))
        for stream in streams:
            out.mux(stream.encode(None))
    assert "several-videos" in judged(path).rules


def ramp(bits, full):
    """A grey ramp from black to white over the width, in the codec's own numbers."""
    import av

    width, height = 256, 64
    low, high = (0, 2**bits - 1) if full else (16 << (bits - 8), 235 << (bits - 8))
    name = {8: "yuv444p", 10: "yuv444p10le", 12: "yuv444p12le"}[bits]
    frame = av.VideoFrame(width, height, name)
    kind = np.uint16 if bits > 8 else np.uint8
    line = np.rint(np.linspace(low, high, width)).astype(kind)
    for number, plane in enumerate(frame.planes):
        rows = np.full((height, plane.line_size // kind().itemsize), 1 << (bits - 1), kind)
        if number == 0:
            rows[:, :width] = line
        plane.update(rows.tobytes())
    frame.color_range = 2 if full else 1
    return frame


@pytest.mark.parametrize("bits", [8, 10, 12])
@pytest.mark.parametrize("full", [False, True])
def test_levels_are_those_of_the_picture(make, bits, full):
    from compat.frames.decode import open_clip

    frame = ramp(bits, full)
    path = make.video(
        "ramp.mkv", [frame], pix_fmt=frame.format.name, size=(64, 256), **FFV1,
        setup=lambda stream: setattr(stream.codec_context, "color_range", 2 if full else 1),
    )  # fmt: skip
    (read,) = list(open_clip(path))
    assert np.abs(read[30, :, 1].astype(int) - np.arange(256)).max() <= 4


@pytest.mark.parametrize(("matrix", "weights"), [(1, (0.2126, 0.0722)), (5, (0.299, 0.114)),
                                                 (9, (0.2627, 0.0593))])  # fmt: skip
def test_colours_follow_the_matrix_that_is_declared(make, matrix, weights):
    import av

    from compat.frames.decode import open_clip

    red, green, blue = 220 / 255, 40 / 255, 60 / 255
    of_red, of_blue = weights
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    values = (
        16 + 219 * luma,
        128 + 112 * (blue - luma) / (1 - of_blue),
        128 + 112 * (red - luma) / (1 - of_red),
    )
    frame = av.VideoFrame(64, 64, "yuv444p")
    for plane, value in zip(frame.planes, values, strict=True):
        plane.update(bytes([round(value)]) * plane.buffer_size)
    path = make.video("red.mkv", [frame], pix_fmt="yuv444p", size=(64, 64), **FFV1,
                      setup=marked(matrix, 2, 2))  # fmt: skip
    (read,) = list(open_clip(path))
    assert np.abs(read[30, 30].astype(int) - (220, 40, 60)).max() <= 3


def test_a_turned_clip_is_as_large_as_it_is_shown(make, judged):
    path = make.video("a.mp4", setup=lying)
    assert judged(path, "--expect", "size=144x256").verdict in FINE
    assert "wrong-size" in judged(path, "--expect", "size=256x144").rules


def test_hidden_frames_are_missing_where_all_were_ordered(make, judged):
    path = make.copied(make.video("a.mp4", options=SIMPLE), "b.mp4", before_zero)
    said = judged(path, "--expect", "frames=24")
    assert {"wrong-count", "hidden-frames"} <= set(said.rules)
    assert judged(path, "--expect", "frames=16").verdict in FINE


def test_damaged_and_empty_clips_can_still_be_drawn(make, judged):
    for name, share in (("a.mp4", 0.3), ("b.mp4", 0.02)):
        path = make.video(name, container=FASTSTART, options={"g": "4"})
        data = path.read_bytes()
        head = data.find(b"mdat") + 8
        path.write_bytes(data[: head + int((len(data) - head) * share)])
        sheet, timeline = make.folder / "s.png", make.folder / "t.png"
        judged(path, "--sheet", str(sheet), "--timeline", str(timeline))
        assert sheet.stat().st_size > 500
        assert timeline.stat().st_size > 500
