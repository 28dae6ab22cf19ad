"""The embedded model's record: equal passes, other files and other frames are named."""

import json

import numpy as np
import pytest
from PIL import Image

from runners.preflight import reference_check
from runners.preflight.context import UndecidedError
from runners.preflight.reference_check import changed_files, check_reference, psnr, read_strip
from runners.run_folder import digest

SIZE = {"width": 64, "height": 64, "frames": 9, "steps": 4, "guidance": 1.0, "seed": 3}


def clip_of(level):
    return np.full((9, 64, 64, 3), level, np.uint8)


@pytest.fixture
def record(tmp_path, model, monkeypatch, weights_file):
    """Record the model and a clip of one grey, as the recipe does."""
    path = weights_file()
    monkeypatch.setattr(reference_check, "embedded_model", lambda: model)
    manifest = {
        "files": {path.relative_to(model).as_posix(): digest(path)},
        "clip": {"prompt": "a cat", **SIZE},
    }
    (tmp_path / "reference.json").write_text(json.dumps(manifest), "utf-8")
    Image.fromarray(clip_of(90).reshape(-1, 64, 3)).save(tmp_path / "reference.png")
    return path


@pytest.mark.parametrize(
    ("level", "found"), [(90, []), (92, []), (150, ["reference-frames-differ"])]
)
def test_other_frames_are_named(context, record, rules, level, found):
    context.engine.frames = lambda *_size: clip_of(level)
    assert rules(check_reference(context)) == found


def test_another_file_is_named(context, record, rules):
    context.engine.frames = lambda *_size: clip_of(90)
    record.write_bytes(record.read_bytes() + b" ")
    assert rules(check_reference(context)) == ["file-changed"]


def test_a_missing_file_is_named(tmp_path):
    assert len(changed_files(tmp_path, {"absent": "0"})) == 1


def test_without_a_record_it_is_undecided(context, model, monkeypatch):
    monkeypatch.setattr(reference_check, "embedded_model", lambda: model)
    with pytest.raises(UndecidedError, match="nothing to compare"):
        check_reference(context)


def test_equal_frames_are_infinitely_alike():
    assert psnr(clip_of(5), clip_of(5)) == float("inf")


def test_psnr_is_that_of_the_textbook():
    assert psnr(clip_of(5), clip_of(6)) == pytest.approx(48.13, abs=0.01)


def test_frames_of_another_shape_are_not_alike():
    assert psnr(clip_of(5), clip_of(5)[1:]) == 0.0


def test_a_strip_holds_the_frames_above_each_other(tmp_path):
    clip = np.arange(3, dtype=np.uint8).repeat(8 * 4 * 3).reshape(3, 8, 4, 3)
    Image.fromarray(clip.reshape(24, 4, 3)).save(tmp_path / "strip.png")
    assert np.array_equal(read_strip(tmp_path / "strip.png", 3), clip)
