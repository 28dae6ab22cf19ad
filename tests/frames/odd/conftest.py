"""Makes odd files, and judges them by the command as a user would."""

import json
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from compat.cli.main import main


@dataclass(frozen=True)
class Judged:
    """What the command said about one clip."""

    code: int
    verdict: str
    rules: tuple[str, ...]
    sentences: str
    measures: dict
    remedies: tuple[str, ...]


@pytest.fixture
def judged(capfd):
    """A function that judges a path by the command; nothing may be written to stderr."""

    def run(path, *options):
        code = main(["judge", str(path), "--format", "json", *options])
        out, err = capfd.readouterr()
        assert err == "", err
        (result,) = json.loads(out)["results"]
        found = result["findings"]
        return Judged(
            code=code,
            verdict=result["verdict"],
            rules=tuple(finding["rule"] for finding in found),
            sentences=" | ".join(finding["message"] for finding in found),
            measures=result["measures"],
            remedies=tuple(finding["remedy"] for finding in found),
        )

    return run


@dataclass(frozen=True)
class Maker:
    """Writes odd files below ``folder``; ``scene`` is a moving picture, uint8 [24, 144, 256, 3]."""

    folder: Path
    scene: np.ndarray

    def video(self, name, frames=None, *, codec="libx264", pix_fmt="yuv420p", rate=25, **how):
        """Encode frames; ``how`` may hold times, options, container, size and setup(stream)."""
        import av

        path = self.folder / name
        frames = self.scene if frames is None else frames
        times = how.get("times") or range(len(frames))
        with av.open(str(path), "w", options=how.get("container", {})) as out:
            stream = out.add_stream(codec, rate=rate, options=how.get("options", {}))
            stream.height, stream.width = how.get("size") or frames[0].shape[:2]
            stream.pix_fmt = pix_fmt
            how.get("setup", lambda _: None)(stream)
            if "times" in how:
                stream.codec_context.time_base = Fraction(1, 1000)
            for at, frame in zip(times, frames, strict=True):
                picture = as_picture(frame, pix_fmt)
                picture.pts = at
                picture.time_base = Fraction(1, 1000) if "times" in how else Fraction(1, rate)
                out.mux(stream.encode(picture))
            out.mux(stream.encode(None))
        return path

    def copied(self, source, name, change):
        """Copy packets into a new container; ``change(packets)`` returns those to write."""
        import av

        path = self.folder / name
        with av.open(str(source)) as read, av.open(str(path), "w") as out:
            stream = read.streams.video[0]
            target = out.add_stream_from_template(stream)
            packets = [packet for packet in read.demux(stream) if packet.dts is not None]
            for packet in change(packets):
                packet.stream = target
                out.mux(packet)
        return path

    def sound(self, name, *, seconds=1.0, frames=None):
        """Write sound, and pictures too where frames are given."""
        import av

        path = self.folder / name
        with av.open(str(path), "w") as out:
            video = None
            if frames is not None:
                video = out.add_stream("libx264", rate=25)
                video.height, video.width, video.pix_fmt = *frames[0].shape[:2], "yuv420p"
            tone = out.add_stream("aac", rate=44100, layout="mono")
            for number, frame in enumerate(() if frames is None else frames):
                picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
                picture.pts = number
                out.mux(video.encode(picture))
            for number in range(int(seconds * 44100 / 1024)):
                wave = np.sin(np.arange(1024) / 9)[None].astype(np.float32) * 0.1
                part = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
                part.sample_rate, part.pts = 44100, number * 1024
                out.mux(tone.encode(part))
            for stream in (video, tone):
                if stream is not None:
                    out.mux(stream.encode(None))
        return path

    def animation(self, name, frames=None, **how):
        """Write an animated gif, webp or png with pillow."""
        pictures = [Image.fromarray(frame) for frame in (self.scene if frames is None else frames)]
        path = self.folder / name
        pictures[0].save(path, save_all=True, append_images=pictures[1:],
                         **{"duration": 40, "loop": 0, **how})  # fmt: skip
        return path

    def pictures(self, names, frames=None):
        """Write a folder of pictures by these names."""
        folder = self.folder / "pictures"
        folder.mkdir()
        for name, frame in zip(names, self.scene if frames is None else frames, strict=False):
            Image.fromarray(frame).save(folder / name)
        return folder

    def array(self, values, name="clip.npy"):
        np.save(self.folder / name, values)
        return self.folder / name

    def raw(self, name, data):
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def cut(self, path, share):
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])
        return path

    def patched(self, path, at, data):
        whole = bytearray(path.read_bytes())
        whole[at : at + len(data)] = data
        path.write_bytes(whole)
        return path


def as_picture(frame, pix_fmt):
    import av

    if isinstance(frame, av.VideoFrame):
        return frame
    if frame.dtype == np.uint16:
        return av.VideoFrame.from_ndarray(frame, format="rgb48le").reformat(format=pix_fmt)
    kind = {4: "rgba", 3: "rgb24"}[frame.shape[2]]
    return av.VideoFrame.from_ndarray(frame, format=kind).reformat(format=pix_fmt)


def landscape(height=144, width=256, frames=24):
    """Hills, houses and a sky, panned: nothing that the judge minds."""
    rng = np.random.default_rng(0)
    wide = width + 2 * frames
    y, x = np.mgrid[0:height, 0:wide].astype(np.float32)
    picture = np.stack([90 + y * 0.3, 130 + y * 0.3, 220 - y * 0.2], -1)
    grass = rng.normal(0, 1, (height, wide))
    for axis in (0, 1):
        grass = grass + np.roll(grass, 1, axis) + np.roll(grass, -1, axis)
    grass *= 4
    ground = np.stack([60 + grass, 110 + grass, 50 + grass / 2], -1)
    hills = height * (0.55 + 0.08 * np.sin(x / 37) + 0.05 * np.sin(x / 11 + 1))
    picture = np.where((y > hills)[..., None], ground, picture)
    for _ in range(10):
        left, side = int(rng.integers(0, wide - 40)), int(rng.integers(12, 40))
        top = int(height * 0.5 + rng.integers(-20, 20))
        picture[top : top + side, left : left + side] = rng.integers(20, 240, 3)
    clip = np.stack([picture[:, t * 2 : t * 2 + width] for t in range(frames)])
    return np.clip(np.rint(clip), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def scene():
    return landscape()


@pytest.fixture
def make(tmp_path, scene):
    return Maker(folder=tmp_path, scene=scene)


def box(name, *content):
    """One box of an mp4."""
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), name) + inside
