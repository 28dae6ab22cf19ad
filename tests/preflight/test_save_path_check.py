"""The last lines of a render are tried first."""

from dataclasses import replace

import pytest

from runners.preflight import save_path_check
from runners.preflight.save_path_check import check_save_path


def test_a_save_path_that_keeps_frames_is_silent(context, rules):
    assert rules(check_save_path(context)) == []
    assert (context.job.scratch / "two-frames.mp4").is_file()


@pytest.mark.parametrize(
    "change",
    [{"shape": (2, 3, 64, 64)}, {"largest_difference": 40.0}, {"largest_difference": float("nan")}],
    ids=["layout", "levels", "nan"],
)
def test_a_save_path_that_changes_frames_is_named(context, rules, change):
    context.engine.saved = replace(context.engine.saved, **change)
    assert rules(check_save_path(context)) == ["save-path-changes-frames"]


def test_an_encoder_that_loses_frames_is_named(context, rules, monkeypatch):
    monkeypatch.setattr(save_path_check, "read_frames", lambda _path: iter(["one"]))
    assert rules(check_save_path(context)) == ["encoder-frame-count"]
