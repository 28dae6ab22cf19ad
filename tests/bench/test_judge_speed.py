"""How fast clips of 832x480 are judged; the goal is 150 frames a second on one core.

The peer is what ffmpeg users look at clips with, in the same run and on the same file. Compare the
lines of the table: ``pytest tests/bench/test_judge_speed.py --benchmark-only``. The times are those
of the processor and not of the clock on the wall, on one core for both: decoder and filters of the
peer get one thread, and the whole process is bound to one core where the system can do that.
"""

import os
import time

import numpy as np
import pytest

from compat.frames.encode import write_mp4
from compat.frames.judge import JudgeVerdict, judge, judge_file
from tests.frames.conftest import landscape

FRAMES, LONG = 81, 1000
PEER = ("signalstats", "entropy", "blackdetect", "freezedetect")

pytestmark = pytest.mark.benchmark(timer=time.process_time, min_rounds=3, warmup=False)


@pytest.fixture(scope="module", autouse=True)
def one_core():
    """Bind this process to one core, where the system knows how."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    yield
    os.sched_setaffinity(0, cores)


@pytest.fixture(scope="module")
def pan():
    """A camera picture with grain that moves: what a good render is like."""
    picture = landscape(480, 832, FRAMES, pan=3).astype(np.int16)
    grain = np.random.default_rng(0).normal(0, 3, (16, 480, 832, 1)).astype(np.int16)
    return np.clip(picture + grain[np.arange(FRAMES) % 16], 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def clip(pan, tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_mp4(pan, path, fps=24, crf=20)
    return path


@pytest.fixture(scope="module")
def long_clip(pan, tmp_path_factory):
    """The same, to and fro."""
    path = tmp_path_factory.mktemp("clip") / "long.mp4"
    way = np.abs((np.arange(LONG) + FRAMES - 1) % (2 * FRAMES - 2) - FRAMES + 1)
    write_mp4((pan[place] for place in way), path, fps=24, crf=20)
    return path


def opened(path):
    import av

    container = av.open(str(path))
    container.streams.video[0].codec_context.thread_count = 1
    return container


def decoded(path):
    """Decode a file and return the number of frames: what both sides have in common."""
    with opened(path) as container:
        return sum(1 for _ in container.decode(video=0))


def filtered(path):
    """Run the peer's filters over a file and return the number of frames that came out."""
    import av

    with opened(path) as container:
        stream = container.streams.video[0]
        graph = av.filter.Graph()
        graph.threads = 1
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


def test_judging_a_file_adaptively(benchmark, clip):
    benchmark.extra_info["frames"] = FRAMES
    judged = benchmark(judge_file, clip, adaptive=True)
    assert judged.verdict is JudgeVerdict.GOOD
    assert judged.analysed is not None


def test_peer_libavfilter_on_the_same_file(benchmark, clip):
    benchmark.extra_info["frames"] = FRAMES
    assert benchmark(filtered, clip) == FRAMES


def test_only_decoding_the_same_file(benchmark, clip):
    benchmark.extra_info["frames"] = FRAMES
    assert benchmark(decoded, clip) == FRAMES


def test_judging_a_long_file_adaptively(benchmark, long_clip):
    benchmark.extra_info["frames"] = LONG
    judged = benchmark.pedantic(judge_file, (long_clip,), {"adaptive": True}, rounds=1)
    assert judged.verdict is JudgeVerdict.GOOD
    assert judged.analysed is not None


def test_judging_every_frame_of_a_long_file(benchmark, long_clip):
    benchmark.extra_info["frames"] = LONG
    assert benchmark.pedantic(judge_file, (long_clip,), rounds=1).frames == LONG


def test_judging_frames_in_memory(benchmark, pan):
    benchmark.extra_info["frames"] = FRAMES
    benchmark(judge, pan)


def test_judging_noise_in_memory(benchmark):
    # Noise is the slowest content: every branch of every measure is taken.
    noise = np.random.default_rng(0).integers(0, 256, (16, 480, 832, 3), np.uint8)
    benchmark.extra_info["frames"] = len(noise)
    benchmark(judge, noise)
