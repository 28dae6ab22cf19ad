"""Files are verified, and one that could not be checked is not a pass."""

import pytest

from runners.preflight import files_check
from runners.preflight.context import UndecidedError
from runners.preflight.files_check import check_files


def test_whole_files_are_silent(context, weights_file, rules):
    weights_file()
    answer = check_files(context)
    assert rules(answer) == []
    assert answer.measures == {"files": 1}


def test_a_cut_file_is_a_finding(context, weights_file, rules):
    path = weights_file(shape=(64, 64))
    path.write_bytes(path.read_bytes()[:-100])
    assert rules(check_files(context)) != []


def test_an_empty_folder_is_undecided(context):
    with pytest.raises(UndecidedError, match="no model file"):
        check_files(context)


def test_a_file_that_could_not_be_checked_is_undecided(context, weights_file, monkeypatch):
    from dataclasses import replace

    weights_file()
    original = files_check.verify

    def unchecked(folder, **options):
        answer = original(folder, **options)
        reports = tuple(replace(report, verdict="unknown") for report in answer.reports)
        return replace(answer, reports=reports)

    monkeypatch.setattr(files_check, "verify", unchecked)
    with pytest.raises(UndecidedError, match="could not be checked"):
        check_files(context)
