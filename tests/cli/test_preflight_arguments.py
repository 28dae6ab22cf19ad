"""Waivers on the command line name a check and give a reason."""

import argparse

import pytest

from compat.cli.preflight_arguments import waivers_from
from compat.core.errors import UsageError
from compat.core.job import Waiver


def waived(*texts):
    return waivers_from(argparse.Namespace(waive=list(texts)))


def test_a_waiver_names_its_check_and_reason():
    expected = Waiver(rule="picture", reason="seen = believed")
    assert waived(" picture = seen = believed ") == (expected,)


@pytest.mark.parametrize(
    ("text", "words"),
    [("picture", "no reason"), ("picture= ", "no reason"), ("=why", "no check"), ("", "no check")],
)
def test_half_a_waiver_is_wrong_usage(text, words):
    with pytest.raises(UsageError, match=words):
        waived(text)
