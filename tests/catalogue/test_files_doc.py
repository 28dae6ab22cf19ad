"""docs/files.md names every rule about files, and no rule that is gone."""

import re
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DOC = HERE.parents[1] / "docs" / "files.md"


@pytest.fixture(scope="module")
def ids():
    sys.path.insert(0, str(HERE))
    try:
        from rule_ids import rule_ids
    finally:
        sys.path.remove(str(HERE))
    return rule_ids()


def documented():
    rules = DOC.read_text("utf-8").partition("## Rules")[2]
    first_columns = "\n".join(line.split("|")[1] for line in rules.splitlines() if line[:1] == "|")
    return re.findall(r"`([a-z0-9-]+)`", first_columns)


def test_every_rule_is_documented(ids):
    assert ids - set(documented()) == set()


def test_no_rule_is_documented_that_is_gone(ids):
    assert set(documented()) - ids == set()


def test_no_rule_is_documented_twice():
    found = documented()
    assert sorted(found) == sorted(set(found))
