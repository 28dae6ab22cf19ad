"""The shipped entries are sound: each recognises its own example and nobody else's."""

import time

import pytest

from compat.knowledge.load import known_failures, overlaps, solutions
from compat.knowledge.match import MAX_LINE, MAX_TEXT, match, matching
from compat.knowledge.model import Evidence

FAILURES = known_failures()


def named(entries):
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry.id)


@named(FAILURES)
def test_an_example_is_matched_by_its_own_entry_only(entry):
    for example in entry.examples:
        assert [found.id for found in match(example)] == [entry.id]


def test_no_entry_claims_the_example_of_another():
    assert overlaps(FAILURES) == []


@named(FAILURES)
def test_no_pattern_takes_long_on_hostile_text(entry):
    seed = entry.examples[0][:-1] if entry.examples else "a"
    for part in ("a", seed, "(", entry.title + " "):
        line = (part * MAX_LINE)[:MAX_LINE]
        hostile = "\n".join([line] * (MAX_TEXT // MAX_LINE))
        started = time.perf_counter()
        matching(hostile, [entry])
        assert time.perf_counter() - started < 2


@named(FAILURES)
def test_a_measured_entry_says_when(entry):
    assert entry.evidence is not Evidence.MEASURED or entry.last_confirmed


def test_plain_words_are_no_known_failure():
    assert match("the render finished in 31.7 s and the file has 97 frames") == ()


def test_a_solution_solves_failures_that_exist():
    known = {failure.id for failure in FAILURES}
    assert {solved for solution in solutions() for solved in solution.solves} <= known


def test_there_are_entries_to_speak_of():
    assert len(FAILURES) >= 40
    assert len(solutions()) >= 10
