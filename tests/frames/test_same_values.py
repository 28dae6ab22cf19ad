"""A clip has the same measures whatever it comes in: a file, pictures or arrays."""

import numpy as np
import pytest
from PIL import Image

from compat.frames.decode import open_clip
from compat.frames.encode import write_mp4
from compat.frames.judge import judge, judge_file
from tests.frames.conftest import landscape


@pytest.fixture(scope="module")
def movie(tmp_path_factory):
    path = tmp_path_factory.mktemp("movie") / "pan.mp4"
    write_mp4(landscape(96, 160, 8), path, fps=24, crf=18)
    return path


def of_pictures(judgement):
    """Return the measures but for the one that belongs to the file."""
    return {name: value for name, value in judgement.measures.items() if name != "bytes_per_frame"}


def save_pngs(frames, folder):
    folder.mkdir()
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(folder / f"{number}.png")
    return folder


def save_npy(frames, folder):
    path = folder.with_suffix(".npy")
    np.save(path, frames)
    return path


def save_float_npy(frames, folder):
    return save_npy(frames.astype(np.float32) / 255, folder)


def test_a_file_has_the_measures_of_its_frames_in_memory(movie):
    frames = list(open_clip(movie))
    assert of_pictures(judge_file(movie)) == of_pictures(judge(frames))


@pytest.mark.parametrize("save", [save_pngs, save_npy, save_float_npy])
def test_pictures_and_arrays_have_the_measures_of_the_file_they_come_from(movie, tmp_path, save):
    saved = save(np.stack(list(open_clip(movie))), tmp_path / "clip")
    assert of_pictures(judge_file(saved)) == of_pictures(judge_file(movie))


def test_memory_order_does_not_matter():
    frames = landscape(96, 160, 6)
    planes = np.ascontiguousarray(frames.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
    assert judge(planes).measures == judge(frames).measures
