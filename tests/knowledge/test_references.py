"""What an entry names exists: probes that can be asked and rules that are really reported."""

from pathlib import Path

import compat
import probes
import runners
from compat.core.collect import collect
from compat.core.model import Probe
from compat.knowledge.load import known_failures, solutions

SOURCES = [
    path
    for package in (compat, probes, runners)
    for path in Path(package.__file__).parent.rglob("*.py")
]


def test_every_probe_that_an_entry_names_exists():
    known = set(collect("probes", Probe))
    named = {probe for failure in known_failures() for probe in failure.probes}
    assert named | {p for solution in solutions() for p in solution.confirmed_by} <= known


def test_every_rule_that_an_entry_names_is_reported_somewhere():
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    named = {rule for failure in known_failures() for rule in failure.rules}
    assert {rule for rule in named if f'"{rule}"' not in text and not _of_both(rule, text)} == set()


def _of_both(rule, text):
    """Whether safetensors and gguf share the rule, so that its first word is filled in."""
    return f'f"{{kind}}-{rule.partition("-")[2]}"' in text


def test_no_two_entries_explain_the_same_rule():
    named = [rule for failure in known_failures() for rule in failure.rules]
    assert len(named) == len(set(named))
