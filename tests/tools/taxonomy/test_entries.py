"""Every kind has an entry and a picture and nothing else has; what entries point to exists."""

import re
from pathlib import Path

import pytest

from compat.cli.judge_command import parse_expectation
from compat.knowledge import known_failures
from tools.taxonomy.cases import cases_of
from tools.taxonomy.entries import FOLDER, entries
from tools.taxonomy.kinds import FAMILIES, KINDS
from tools.taxonomy.page import PICTURES

ROOT = Path(__file__).parents[3]
ENTRIES = entries()


def test_there_are_sixty_kinds_and_more():
    assert sum(kind.family != "lookalike" for kind in KINDS.values()) >= 60


def test_every_kind_has_an_entry():
    assert set(KINDS) - set(ENTRIES) == set()


def test_every_kind_has_a_picture_and_every_picture_a_kind():
    assert {path.stem for path in PICTURES.iterdir()} == set(KINDS)


def test_every_family_has_a_file_and_every_file_a_family():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(FAMILIES)
    assert {kind.family for kind in KINDS.values()} == set(FAMILIES)


def test_no_two_kinds_have_one_title():
    titles = [entry.title for entry in ENTRIES.values()]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("name", ENTRIES)
def test_what_an_entry_points_to_exists(name):
    entry = ENTRIES[name]
    assert set(entry.known) <= {failure.id for failure in known_failures()}
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", thread) for thread in entry.threads)
    assert 0 <= entry.picture < len(cases_of(KINDS[name]))
    parse_expectation(entry.expect)


def test_every_question_is_a_rule_or_probe_that_the_source_knows():
    folders = [ROOT / name for name in ("compat", "runners", "probes")]
    source = "\n".join(path.read_text("utf-8") for top in folders for path in top.rglob("*.py"))
    named = {rule for entry in ENTRIES.values() for rule in entry.questions}
    assert {rule for rule in named if f'"{rule}"' not in source} == set()
