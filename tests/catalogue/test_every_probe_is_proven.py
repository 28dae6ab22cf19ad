"""Every probe about the machine is turned red by a fault that is put under it.

docs/probe-faults.md (``python -m tools.probe_faults``) names a fault for each, and it is tried here
again. A probe that is left out there, for its time, is named by a test that breaks something under
it, with ``@pytest.mark.proves("its-id")``; a pattern ("render-*") stands for all it matches.
"""

import ast
import fnmatch
from pathlib import Path

import pytest

from compat.core.collect import collect
from compat.core.model import Probe

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "probe-faults.md"
MACHINE = {n: probe for n, probe in collect("probes", Probe).items() if not probe.needs.subject}


def on_the_page():
    """The fault that the page names for each probe."""
    table = PAGE.read_text("utf-8").partition("## Probe by probe")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[4:] if line]
    return {name: fault for name, _outcome, _count, fault in rows if "**none**" not in fault}


def marked(sources):
    """Every id and pattern in a ``proves`` mark: over a test, or over a whole file of them."""
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.proves":
                found |= {argument.value for argument in node.args}
    return found


def all_marked():
    return marked(file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py"))


def without_proof(probes, faults, marks):
    return [
        name
        for name in probes
        if name not in faults and not any(fnmatch.fnmatch(name, mark) for mark in marks)
    ]


def test_every_probe_has_a_fault_or_a_test_that_breaks_it():
    assert without_proof(MACHINE, on_the_page(), all_marked()) == []


def test_no_proof_is_of_a_probe_that_is_gone():
    gone = [name for name in on_the_page() if name not in MACHINE]
    assert gone + [m for m in all_marked() if not fnmatch.filter(MACHINE, m)] == []


@pytest.mark.xdist_group("probe-faults")
@pytest.mark.parametrize("name", on_the_page())
def test_the_fault_turns_the_probe_red(name):
    for module in ("torch", *MACHINE[name].needs.modules):
        pytest.importorskip(module)
    from tools.probe_faults.asking import Seen, ask, under
    from tools.probe_faults.every_fault import FAULTS

    probe = MACHINE[name]
    assert under(probe, FAULTS[on_the_page()[name]], ask(probe)) is Seen.RED


def test_a_new_probe_without_a_proof_is_noticed():
    probes, faults, marks = ["one", "two", "render-x", "new"], {"one": "a fault"}, {"two", "ren*"}
    assert without_proof(probes, faults, marks) == ["new"]


def test_marks_over_tests_and_over_files_count():
    source = (
        "import pytest\n"
        "pytestmark = [pytest.mark.torch, pytest.mark.proves('a')]\n"
        "@pytest.mark.proves('b', 'c-*')\n"
        "def test_it(): pass\n"
    )
    assert marked([source]) == {"a", "b", "c-*"}
