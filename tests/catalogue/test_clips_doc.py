"""docs/clips.md names every file detector, and none that is gone."""

import re
from pathlib import Path

from compat.cli.expectations import READERS
from compat.frames.file_side import file_detectors

DOC = Path(__file__).parents[2] / "docs" / "clips.md"
# Found while arrays are converted, so there is no detector of their own.
OF_ARRAYS = {"values-out-of-range", "not-finite"}


def section(title):
    return DOC.read_text("utf-8").partition(f"## {title}")[2].partition("\n## ")[0]


def test_every_file_detector_is_documented_and_no_other():
    rows = [
        line.split("|")[1] for line in section("What is looked").splitlines() if line[:1] == "|"
    ]
    assert set(re.findall(r"`([a-z-]+)`", "\n".join(rows))) == set(file_detectors()) | OF_ARRAYS


def test_every_key_of_an_order_is_documented():
    assert READERS.keys() <= set(re.findall(r"`([a-z-]+)`", section("What was ordered")))
