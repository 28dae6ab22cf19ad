"""Gif, webp, png and folders of pictures of every odd kind are judged or refused."""

import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

FINE = {"good", "suspect"}


def see_through(scene):
    alpha = np.full((*scene.shape[:3], 1), 255, np.uint8)
    alpha[:, :40, :40] = 0
    return [Image.fromarray(frame) for frame in np.concatenate([scene, alpha], axis=3)]


def saved(path, pictures, **how):
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=40, **how)
    return path


def palette_gif(m, disposal):
    pictures = [p.convert("RGBA").quantize(64) for p in see_through(m.scene)]
    return saved(m.folder / "a.gif", pictures, disposal=disposal, transparency=0, loop=0)


def with_default_image(m):
    first = Image.new("RGB", (256, 144), (255, 0, 255))
    pictures = [first, *(Image.fromarray(frame) for frame in m.scene)]
    return saved(m.folder / "a.png", pictures, default_image=True)


def deep_png(m):
    grey = m.scene[0].astype(np.uint16).sum(2).astype(np.uint16) * 85
    Image.fromarray(grey).save(m.folder / "deep.png")
    return m.folder / "deep.png"


def numbered(m, *names):
    return m.pictures(names or [f"frame_{n}.png" for n in range(24)])


def mixed_sizes(m):
    folder = numbered(m)
    Image.fromarray(m.scene[5, :100]).save(folder / "frame_5.png")
    return folder


def mixed_kinds(m):
    return m.pictures([f"frame_{n:03}.{'jpg' if n % 2 else 'png'}" for n in range(24)])


def two_series(m):
    return m.pictures([f"{'ab'[n // 12]}_{n % 12}.png" for n in range(24)])


def with_gaps(m):
    folder = numbered(m)
    for number in (7, 12, 13):
        (folder / f"frame_{number}.png").unlink()
    return folder


def with_one_cut(m):
    folder = numbered(m)
    return m.cut(folder / "frame_9.png", 0.5).parent


def among_others(m):
    """What else stands in such folders: notes, what macOS adds, a pipe, a folder."""
    folder = numbered(m)
    (folder / "notes.txt").write_text("hello", "utf-8")
    (folder / "._frame_1.png").write_bytes(b"\0\5\26\7")
    os.mkfifo(folder / "frame_30.png")
    (folder / "frame_31.png").mkdir()
    return folder


def every_fifth(m):
    return m.pictures([f"frame_{n * 5:05}.png" for n in range(24)])


# name: how to make it, the verdicts that are right, the rules that must be among those said.
ODD = {
    "gif of one palette": (lambda m: m.animation("a.gif"), FINE, []),
    "gif that restores the background": (lambda m: palette_gif(m, 2), FINE, ["special-levels"]),
    "gif that restores what was there": (lambda m: palette_gif(m, 3), FINE, ["special-levels"]),
    "gif of two frames": (lambda m: m.animation("a.gif", m.scene[:2]), FINE, []),
    "gif of uneven times": (
        lambda m: m.animation("a.gif", duration=[40] * 20 + [500] * 4), FINE, ["variable-rate"]),
    "webp": (lambda m: m.animation("a.webp"), FINE, []),
    "webp without loss": (lambda m: m.animation("a.webp", lossless=True), FINE, []),
    "webp with alpha": (lambda m: saved(m.folder / "a.webp", see_through(m.scene)), FINE,
                        ["special-levels"]),
    "animated png": (lambda m: m.animation("a.png"), FINE, []),
    "animated png with alpha": (lambda m: saved(m.folder / "a.png", see_through(m.scene)), FINE,
                                ["special-levels"]),
    "animated png with one more picture": (with_default_image, FINE, []),
    "one png of 16 bits": (deep_png, {"undecided"}, ["not-judged"]),
    "one jpeg": (lambda m: saved_one(m, "a.jpg"), {"undecided"}, ["not-judged"]),
    "one bmp": (lambda m: saved_one(m, "a.bmp"), {"undecided"}, ["not-judged"]),
    "one tiny gif": (lambda m: m.animation("a.gif", m.scene[:, :1, :1]),
                     {"undecided", "garbage"}, ["not-judged"]),
    "gif called png": (lambda m: m.animation("a.gif").rename(m.folder / "a.png"), FINE,
                       ["wrong-suffix"]),
    "folder": (numbered, FINE, []),
    "folder of every fifth": (every_fifth, FINE, []),
    "folder of mixed sizes": (mixed_sizes, {"garbage"}, ["wrong-size"]),
    "folder of mixed kinds": (mixed_kinds, {"suspect"}, ["missing-pictures"]),
    "folder of two series": (two_series, {"suspect"}, ["missing-pictures"]),
    "folder with gaps": (with_gaps, {"suspect"}, ["missing-pictures"]),
    "folder with one cut": (with_one_cut, {"garbage"}, ["clip-damaged"]),
    "folder with other things": (among_others, FINE, []),
    "gif cut": (lambda m: m.cut(m.animation("a.gif"), 0.6), {"garbage", "suspect"}, ["cut-short"]),
    "webp cut": (lambda m: m.cut(m.animation("a.webp"), 0.6), {"garbage", "undecided"}, []),
    "png cut": (lambda m: m.cut(m.animation("a.png"), 0.6), {"garbage"}, ["cut-short"]),
    "gif with a tail": (
        lambda m: m.raw("b.gif", m.animation("a.gif").read_bytes() + b"hello" * 20), FINE,
        ["more-behind"]),
    "gif glued to a gif": (
        lambda m: m.raw("b.gif", m.animation("a.gif").read_bytes() * 2), {"suspect"},
        ["more-behind"]),
}  # fmt: skip


def saved_one(m, name):
    Image.fromarray(m.scene[0]).save(m.folder / name)
    return m.folder / name


@pytest.mark.parametrize("name", ODD)
def test_odd_pictures_are_judged(name, make, judged):
    build, verdicts, rules = ODD[name]
    said = judged(build(make))
    assert said.verdict in verdicts, said
    assert set(rules) <= set(said.rules), said
    assert said.code == {"good": 0, "suspect": 0, "garbage": 1, "undecided": 5}[said.verdict]


def test_the_picture_for_readers_without_animation_is_no_frame(make):
    from compat.frames.decode import open_clip

    frames = list(open_clip(with_default_image(make)))
    assert len(frames) == 24
    assert np.abs(frames[0].astype(int) - make.scene[0]).max() == 0


def test_pictures_of_a_folder_come_in_the_order_of_people(make):
    from compat.frames.decode import open_clip

    marks = [np.full((40, 40, 3), n, np.uint8) for n in range(13)]
    folder = make.pictures([f"frame_{n}.png" for n in range(13)], marks)
    assert [int(frame[0, 0, 0]) for frame in open_clip(folder)] == list(range(13))


def huge_png(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99)))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge_gif(frames=3):
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6) + frame * frames


REFUSED = {
    "a png that claims 2^31 squared": (lambda m: m.raw("a.png", huge_png(2**31 - 1, 2**31 - 1)),
                                       "8192x4608|picture"),
    "a png that claims 60000 by 60000": (lambda m: m.raw("a.png", huge_png(60000, 60000)),
                                         "8192x4608"),
    "a png that claims one long line": (lambda m: m.raw("a.png", huge_png(60000, 2)), "8192x4608"),
    "a gif that claims 65535 squared": (lambda m: m.raw("a.gif", huge_gif() + b";"), "8192x4608"),
    "a gif of too many blocks": (
        lambda m: m.raw("a.gif", b"GIF89a" + bytes(7) + b"\x21\xfe\x01 \x00" * 200_001 + b";"),
        "too many chunks"),
    "a head of a gif": (lambda m: m.raw("a.gif", b"GIF89a"), "picture"),
    "an empty folder": (lambda m: m.folder, "holds no pictures"),
    "a folder of videos": (lambda m: m.video("a.mp4").parent, "holds no pictures"),
    "a TIFF": (lambda m: saved_one(m, "a.tif"), "TIFF"),
    "an OpenEXR": (lambda m: m.raw("a.exr", b"\x76\x2f\x31\x01" + bytes(99)), "OpenEXR"),
    "an icon": (lambda m: saved_one(m, "a.ico"), "icon"),
    "a PostScript page": (lambda m: m.raw("a.png", b"%!PS-Adobe-3.0 EPSF-3.0\n" * 9), "PostScript"),
    "a Photoshop picture": (lambda m: m.raw("a.psd", b"8BPS" + bytes(99)), "Photoshop"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused(name, make, judged):
    build, words = REFUSED[name]
    said = judged(build(make))
    assert (said.code, said.verdict, said.rules) == (5, "undecided", ("not-a-clip",))
    assert any(word in said.sentences for word in words.split("|")), said
    assert all(said.remedies)


def test_a_gif_of_many_large_frames_ends_in_time(make, judged, monkeypatch):
    from compat.frames import limits

    monkeypatch.setattr(limits, "WORK_AT_FIRST", 40 * 144 * 256)
    monkeypatch.setattr(limits, "WORK_PER_BYTE", 0)
    path = make.animation("a.gif", np.concatenate([make.scene] * 3))
    said = judged(path)
    assert (said.verdict, said.code, said.measures["frames"]) == ("undecided", 5, 40)
    assert "only the first 40 frames were read" in said.sentences
