"""Version ranges mean what PEP 440 says they mean, as far as we use them."""

import pytest

from compat.core.versions import parse_range, satisfies


@pytest.mark.parametrize(
    ("version", "text", "answer"),
    [
        ("2.5.1", ">=2.5,<2.6", True),
        ("2.6.0", ">=2.5,<2.6", False),
        ("2.10.0", ">2.9", True),
        ("2.8.0+cu126", "==2.8", True),
        ("2.8", "!=2.8.0", False),
        ("2.9.0.dev20250601", "<2.9", True),
        ("2.9.0a0+git12", ">=2.9", False),
        ("2.9.0.post1", ">=2.9", True),
        ("0.34.0rc1", "<0.34", True),
        ("15.3.1", ">=15, <16", True),
        ("unknown", ">=1", None),
        ("", ">=1", None),
    ],
)
def test_a_version_lies_in_a_range_or_not(version, text, answer):
    assert satisfies(version, text) is answer


@pytest.mark.parametrize("text", ["", "2.5", ">=2.5.*", "~=2.5", ">=2.5;<3", ">= "])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(ValueError, match="is not a version range"):
        parse_range(text)
