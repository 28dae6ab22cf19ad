"""How fast clips of 832x480 are judged; the goal, not reached yet, is 150 frames a second.

The peer is what ffmpeg users look at clips with, in the same run and on the same file. Compare the
two lines of the table: ``pytest tests/bench/test_judge_speed.py --benchmark-only``.
"""

import numpy as np
import pytest

from compat.frames.encode import write_mp4
from compat.frames.judge import judge, judge_file

FRAMES = 32
PEER = ("signalstats", "entropy", "blackdetect", "freezedetect")


@pytest.fixture(scope="module")
def textured():
    """Blobs of every size that move: neither flat nor noise."""
    rng = np.random.default_rng(0)
    wide = np.zeros((480, 1024, 3))
    for side in (8, 16, 48, 160):
        cells = rng.normal(0, 25, (-(-480 // side), -(-1024 // side), 3))
        wide += cells.repeat(side, axis=0).repeat(side, axis=1)[:480, :1024]
    picture = np.clip(128 + wide, 0, 255).astype(np.uint8)
    return np.stack([picture[:, 2 * t : 2 * t + 832] for t in range(FRAMES)])


@pytest.fixture(scope="module")
def clip(textured, tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_mp4(textured, path, fps=24, crf=20)
    return path


def filtered(path):
    """Run the peer's filters over a file and return the number of frames that came out."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        graph = av.filter.Graph()
        parts = [graph.add_buffer(template=stream), *(graph.add(name) for name in PEER)]
        graph.link_nodes(*parts, graph.add("buffersink")).configure()
        count = 0
        for frame in container.decode(stream):
            graph.push(frame)
            graph.pull()
            count += 1
    return count


def test_judging_every_frame_of_a_file(benchmark, clip):
    benchmark.extra_info["frames"] = FRAMES
    assert benchmark(judge_file, clip).frames == FRAMES


def test_peer_libavfilter_on_the_same_file(benchmark, clip):
    benchmark.extra_info["frames"] = FRAMES
    assert benchmark(filtered, clip) == FRAMES


def test_judging_frames_in_memory(benchmark, textured):
    benchmark.extra_info["frames"] = FRAMES
    benchmark(judge, textured)


def test_judging_noise_in_memory(benchmark):
    # Noise is the slowest content: every branch of every measure is taken.
    noise = np.random.default_rng(0).integers(0, 256, (FRAMES // 2, 480, 832, 3), np.uint8)
    benchmark.extra_info["frames"] = FRAMES // 2
    benchmark(judge, noise)
