"""A wrong entry is refused with the file and the key, all mistakes at once."""

import re

import pytest

from compat.knowledge.fields import KnowledgeError
from compat.knowledge.load import overlaps, read_failure, read_solution
from compat.knowledge.model import Evidence, Expect, Retry, When

GOOD = '''
id = "paper-jam"
title = "The paper is stuck"
patterns = ['paper (jam|stuck)']
example = "E13: paper jam"
cause = """
It was folded
twice."""
remedy = "Pull gently."
retry = "after-fix"
sources = ["https://example.org/1"]
evidence = "reported"
first_seen = "2026"
last_confirmed = 2026-11-21

[when]
devices = ["cpu"]
os = ["macOS >=15,<16", "Linux"]
packages = { torch = ">=2.5,<2.6" }
'''

SOLUTION = """
id = "flat-paper"
title = "Flat paper"
problem = "It jams."
steps = ["Unfold it.", "Try again."]
sources = ["https://example.org/1"]
evidence = "measured"
confirmed_by = ["paper-probe"]

[applies]
families = ["ltx"]
devices = ["cuda"]
"""


def without(text, key):
    return re.sub(rf"(?m)^{key} = .*\n", "", text)


def test_a_good_entry_is_read_whole():
    entry = read_failure("paper_jam.toml", GOOD)
    assert entry.cause == "It was folded twice."
    assert entry.retry is Retry.AFTER_FIX
    assert entry.evidence is Evidence.REPORTED
    assert entry.expect is Expect.FAIL
    assert entry.examples == ("E13: paper jam",)
    assert (entry.first_seen, entry.last_confirmed) == ("2026", "2026-11-21")
    assert entry.when == When(
        devices=("cpu",), os=("macOS >=15,<16", "Linux"), packages={"torch": ">=2.5,<2.6"}
    )


def test_a_good_solution_is_read_whole():
    solution = read_solution("flat_paper.toml", SOLUTION)
    assert solution.steps == ("Unfold it.", "Try again.")
    assert (solution.families, solution.devices) == (("ltx",), ("cuda",))
    assert solution.confirmed_by == ("paper-probe",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace('"paper-jam"', '"other"'), "key 'id': found 'other', expected 'paper-jam'"),
        (GOOD.replace('"Pull gently."', "7"), "key 'remedy': found 7, expected a text"),
        (GOOD.replace('"Pull gently."', '" "'), "key 'remedy': found ' ', expected a text"),
        (without(GOOD, "title"), "key 'title': found nothing, expected a text"),
        (without(GOOD, "sources"), "key 'sources': found nothing, expected a list of texts"),
        (
            GOOD.replace('["https://example.org/1"]', "[]"),
            "key 'sources': found \\[\\], expected a list of texts",
        ),
        (
            GOOD.replace('"after-fix"', '"perhaps"'),
            "key 'retry': found 'perhaps', expected one of never, after-fix, as-is",
        ),
        (GOOD.replace('"reported"', "true"), "key 'evidence': found True, expected one of"),
        (GOOD.replace('"2026"', '"last year"'), "key 'first_seen': found 'last year'"),
        ("colour = 'red'\n" + GOOD, "key 'colour': this key is not known"),
        (GOOD.replace("paper (jam", "paper ((jam"), "key 'patterns': .* not a regular expression"),
        (GOOD.replace("paper (jam", "paper.*(jam"), "key 'patterns': .* repeats without a limit"),
        (GOOD.replace("'paper (jam|stuck)'", "'ink'"), "key 'example': no pattern of this entry"),
        (
            GOOD.replace("['paper (jam|stuck)']", "['paper jam', 'ink']"),
            "key 'patterns': no example of this entry shows 'ink'",
        ),
        (
            without(without(GOOD, "patterns"), "example"),
            "key 'patterns': found nothing, expected patterns, probes or rules",
        ),
        (GOOD.replace('["cpu"]', '["tpu"]'), "key 'when.devices': found 'tpu', expected one of"),
        (GOOD.replace('"Linux"', '"BeOS"'), "key 'when.os': found 'BeOS', expected Linux"),
        (GOOD.replace(">=15,<16", "around 15"), "key 'when.os': .* is not a version range"),
        (GOOD.replace(">=2.5,<2.6", "2.5.*"), "key 'when.packages.torch': .* not a version range"),
        (GOOD + "colour = 1\n", "key 'when.colour': this key is not known"),
        (GOOD.replace("[when]\n", "when = 1\nx = [") + "]", "is not TOML"),
        ("id = ", "paper_jam.toml is not TOML"),
    ],
)
def test_a_wrong_entry_names_the_file_and_the_key(text, words):
    with pytest.raises(KnowledgeError, match=words) as caught:
        read_failure("paper_jam.toml", text)
    assert "paper_jam.toml" in str(caught.value)


def test_all_mistakes_come_at_once():
    text = without(without(GOOD, "title"), "retry")
    with pytest.raises(KnowledgeError, match=r"key 'title'.*key 'retry'"):
        read_failure("paper_jam.toml", text)


def test_a_solution_without_steps_is_refused():
    with pytest.raises(KnowledgeError, match=r"flat_paper\.toml, key 'steps': found nothing"):
        read_solution("flat_paper.toml", without(SOLUTION, "steps"))


def test_an_entry_that_claims_anothers_example_is_named():
    one = read_failure("paper_jam.toml", GOOD)
    text = GOOD.replace('"paper-jam"', '"any-paper"').replace("paper (jam|stuck)", "paper")
    text = text.replace("E13: paper jam", "no paper")
    assert overlaps([one, read_failure("any_paper.toml", text)]) == [
        "the example of paper-jam is also matched by any-paper: E13: paper jam"
    ]
