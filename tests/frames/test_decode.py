"""Clips of every container and every condition are decoded, or refused with a sentence."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from compat.core.errors import NothingCheckedError
from compat.frames.decode import open_clip
from compat.frames.judge import JudgeVerdict, judge_file


def encode(path, frames, *, codec="libx264", pix_fmt="yuv420p", times=None, rate=25, **options):
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.height, stream.width, stream.pix_fmt = *frames[0].shape[:2], pix_fmt
        stream.codec_context.time_base = Fraction(1, 1000 if times else rate)
        for number, frame in enumerate(frames):
            layout = "rgba" if frame.shape[2] == 4 else "rgb24"
            picture = av.VideoFrame.from_ndarray(frame, format=layout)
            picture.pts = times[number] if times else number
            picture.time_base = stream.codec_context.time_base
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def decoded(path):
    clip = open_clip(path)
    return clip, list(clip)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("clip.mp4", "libx264"), ("clip.mkv", "libx264"), ("clip.webm", "libvpx-vp9")],
)
def test_a_video_file_is_decoded(tmp_path, cartoon, name, codec):
    clip, frames = decoded(encode(tmp_path / name, cartoon, codec=codec))
    assert (clip.info.width, clip.info.height, clip.info.fps) == (64, 64, 25.0)
    assert len(frames) == 25
    assert frames[3].shape == (64, 64, 3)
    assert np.abs(frames[3].astype(int) - cartoon[3]).mean() < 12
    assert clip.findings == []


def test_a_clip_can_be_read_twice(tmp_path, cartoon):
    clip = open_clip(encode(tmp_path / "clip.mp4", cartoon[:5]))
    assert len(list(clip)) == len(list(clip)) == 5


@pytest.mark.parametrize("name", ["clip.gif", "clip.webp", "clip.png"])
def test_an_animated_picture_is_decoded(tmp_path, cartoon, name):
    pictures = [Image.fromarray(frame) for frame in cartoon[:9]]
    pictures[0].save(
        tmp_path / name, save_all=True, append_images=pictures[1:], duration=40, loop=0
    )
    _, frames = decoded(tmp_path / name)
    assert len(frames) == 9
    assert frames[0].shape == (64, 64, 3)


def test_a_folder_is_read_in_the_order_of_its_numbers(tmp_path):
    for number in (10, 2, 1):
        Image.new("RGB", (64, 64), (number, 0, 0)).save(tmp_path / f"frame_{number}.png")
    _, frames = decoded(tmp_path)
    assert [int(frame[0, 0, 0]) for frame in frames] == [1, 2, 10]


def test_alpha_is_laid_over_black(tmp_path):
    Image.new("RGBA", (64, 64), (200, 100, 50, 0)).save(tmp_path / "clear.png")
    _, frames = decoded(tmp_path / "clear.png")
    assert frames[0].max() == 0


def test_video_with_alpha_is_decoded(tmp_path, cartoon):
    clear = np.concatenate([cartoon[:5], np.zeros((5, 64, 64, 1), np.uint8)], axis=3)
    path = encode(tmp_path / "alpha.mkv", clear, codec="ffv1", pix_fmt="bgra")
    assert max(frame.max() for frame in decoded(path)[1]) == 0


def test_ten_bits_are_decoded(tmp_path, cartoon):
    path = encode(tmp_path / "ten.mkv", cartoon[:5], codec="ffv1", pix_fmt="yuv420p10le")
    assert decoded(path)[1][0].dtype == np.uint8


def test_odd_sizes_are_decoded(tmp_path, clips):
    frames = clips("landscape of odd size")
    path = encode(tmp_path / "odd.mkv", frames, codec="ffv1", pix_fmt="bgr0")
    assert decoded(path)[1][0].shape == (131, 217, 3)
    assert judge_file(path).verdict is JudgeVerdict.GOOD


def test_a_variable_rate_is_noticed(tmp_path, cartoon):
    times = [0, 40, 80, 120, 400, 440, 480, 900, 940]
    path = encode(tmp_path / "vfr.mkv", cartoon[:9], codec="ffv1", pix_fmt="bgr0", times=times)
    assert len(decoded(path)[1]) == 9
    judgement = judge_file(path)
    assert "variable-rate" in {finding.rule for finding in judgement.findings}
    assert judgement.verdict is JudgeVerdict.GOOD


def test_a_file_cut_short_is_garbage_with_the_place(tmp_path, clips):
    path = encode(tmp_path / "cut.mkv", clips("landscape"), codec="ffv1", pix_fmt="bgr0")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    judgement = judge_file(path)
    assert judgement.verdict in {JudgeVerdict.GARBAGE, JudgeVerdict.SUSPECT}
    assert judgement.frames < 24


def test_an_mp4_without_its_index_is_refused(tmp_path, cartoon):
    path = encode(tmp_path / "cut.mp4", cartoon)
    path.write_bytes(path.read_bytes()[:-600])
    assert judge_or_refuse(path)


def test_flipped_bytes_are_no_traceback(tmp_path, cartoon):
    path = encode(tmp_path / "clip.mp4", cartoon)
    rng = np.random.default_rng(0)
    whole = bytearray(path.read_bytes())
    for _ in range(12):
        spoiled = bytearray(whole)
        for at in rng.integers(0, len(whole), 40):
            spoiled[at] = int(rng.integers(0, 256))
        path.write_bytes(spoiled)
        assert judge_or_refuse(path)


def test_cut_pictures_are_no_traceback(tmp_path, cartoon):
    pictures = [Image.fromarray(frame) for frame in cartoon[:5]]
    for name in ("clip.gif", "clip.webp", "clip.png"):
        path = tmp_path / name
        pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=40)
        whole = path.read_bytes()
        for part in (10, len(whole) // 3, len(whole) - 20):
            path.write_bytes(whole[:part])
            assert judge_or_refuse(path)


def judge_or_refuse(path):
    try:
        return str(judge_file(path).verdict)
    except NothingCheckedError as error:
        return str(error)


BROKEN = {
    "empty.mp4": b"",
    "page.mp4": b"<html><body>not found</body></html>",
    "page.gif": b"<html></html>",
    "pointer.webm": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n",
    "pickled.npy": b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
    "short.npy": b"\x93NUMPY",
    "zeros.mkv": bytes(4096),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_clip_is_refused_with_a_sentence(tmp_path, name):
    (tmp_path / name).write_bytes(BROKEN[name])
    with pytest.raises(NothingCheckedError, match=name):
        list(open_clip(tmp_path / name))


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(NothingCheckedError, match="does not exist"):
        open_clip(tmp_path / "none.mp4")


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(NothingCheckedError, match="holds no pictures"):
        open_clip(tmp_path)


@pytest.mark.parametrize("shape", [(4, 4), (2, 2, 64, 64), (0, 64, 64, 3)])
def test_an_array_of_another_shape_is_refused(tmp_path, shape):
    np.save(tmp_path / "odd.npy", np.zeros(shape, np.uint8))
    with pytest.raises(NothingCheckedError, match="expected"):
        open_clip(tmp_path / "odd.npy")


def test_a_float_array_with_nan_is_garbage(tmp_path, cartoon):
    values = cartoon.astype(np.float32) / 127.5 - 1
    values[10:] = np.nan
    np.save(tmp_path / "nan.npy", values)
    judgement = judge_file(tmp_path / "nan.npy")
    assert judgement.verdict is JudgeVerdict.GARBAGE
    assert "frames 10-24: 100% of the values are NaN" in judgement.findings[0].message
