"""Memory does not grow with the length of a clip but for a few numbers per frame."""

import tracemalloc

import numpy as np
import pytest

from compat.frames.adaptive import measure_adaptively
from compat.frames.clip import Clip, ClipInfo
from compat.frames.measures import measure_clip
from compat.frames.table import Table
from compat.frames.thumbnails import CHOSEN, HELD, STRETCH, Thumbnails

INFO = ClipInfo(path="clip", width=48, height=36, codec="array")


def frames(count):
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (16, 36, 48, 3), np.uint8)
    return (pictures[number % 16].copy() for number in range(count))


def kept(measure, count):
    """Return the bytes held when the last frame was taken in, the measures themselves included."""
    tracemalloc.start()
    try:
        clip = measure(Clip(INFO, lambda _findings: frames(count)))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert clip.frames == count
    return size


@pytest.mark.parametrize("measure", [measure_adaptively, measure_clip])
def test_a_frame_leaves_less_than_a_kilobyte_of_measures(measure):
    measure(Clip(INFO, lambda _findings: frames(8)))
    short, long = kept(measure, 64), kept(measure, 256)
    assert (long - short) / 192 < 1024


def test_numbers_take_eight_bytes():
    tracemalloc.start()
    table = Table()
    for number in range(20_000):
        table.add({"one": number / 3, "other": number / 7})
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 20_000 * 2 * 8 * 1.3
    assert table.columns()["one"][-1] == 19_999 / 3


def numbered(count):
    thumbnails = Thumbnails()
    for number in range(count):
        thumbnails.append(np.full((3, 1, 1), number % 2048, np.float16))
    return thumbnails


def test_all_thumbnails_of_a_usual_clip_are_kept():
    count = STRETCH * HELD
    chosen = [int(small[0, 0, 0]) for small in numbered(count).chosen()]
    assert chosen == [number % 2048 for number in range(count)]


@pytest.mark.parametrize("count", [STRETCH * HELD + 1, 50_000, 100_001])
def test_of_a_long_clip_whole_stretches_are_kept_from_first_to_last(count):
    thumbnails = numbered(count)
    chosen = [int(small[0, 0, 0]) for small in thumbnails.chosen()]
    assert len(chosen) == CHOSEN * STRETCH
    parts = np.array(chosen).reshape(CHOSEN, STRETCH)
    assert (np.diff(parts, axis=1) % 2048 == 1).all()
    assert parts[0, 0] == 0
    assert parts[-1, -1] == (count - 1) % 2048


def test_the_thumbnails_of_any_length_take_bounded_memory():
    tracemalloc.start()
    thumbnails = numbered(50_000)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A thumbnail of one pixel is an object of 130 bytes.
    assert size < (HELD + 2) * STRETCH * 400
    assert thumbnails.chosen()
