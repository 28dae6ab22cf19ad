"""docs/fit.md names every rule about models, pairs, sets and loaders, and no rule that is gone."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = ("compat/identify", "probes/loaders")
MAKERS = {"damage", "mismatch", "disagree", "noted", "_finding"}
"""The functions that make findings in these packages; the rule is their first argument."""

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


def trees():
    for place in PLACES:
        for file in sorted((ROOT / place).rglob("*.py")):
            yield ast.parse(file.read_text("utf-8"))


def made():
    """Ids that stand as first argument of a call that makes a finding, or as its ``rule``."""
    found = set()
    for node in (node for tree in trees() for node in ast.walk(tree)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        words = [*(node.args[:1] if name in MAKERS else [])]
        words += [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
        found |= {w.value for w in words if isinstance(w, ast.Constant) and ID.fullmatch(w.value)}
    return found


def written():
    """Every text in the source that has the form of an id, and the one rule of a single word."""
    return {"vocabulary"} | {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and ID.fullmatch(node.value)
    }


def documented():
    rules = (ROOT / "docs" / "fit.md").read_text("utf-8").partition("## Rules")[2]
    first_columns = "\n".join(line.split("|")[1] for line in rules.splitlines() if line[:1] == "|")
    return re.findall(r"`([a-z0-9-]+)`", first_columns)


def test_every_rule_is_documented():
    assert made() - set(documented()) == set()


def test_no_rule_is_documented_that_is_gone():
    assert set(documented()) - written() == set()


def test_no_rule_is_documented_twice():
    found = documented()
    assert sorted(found) == sorted(set(found))
