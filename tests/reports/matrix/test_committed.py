"""The committed matrix of the reference machine is what its committed evidence gives."""

from pathlib import Path

import pytest

from compat.core.collect import collect
from compat.core.model import Probe
from compat.knowledge.load import known_failures
from reports.matrix.build import build_matrix
from reports.matrix.counts import share_of
from reports.matrix.markdown import render_markdown
from reports.matrix.page import render_matrix_page
from reports.matrix.sharing import read_evidence_file

FOLDER = Path(__file__).parents[3] / "reports" / "generated"
EVIDENCE = FOLDER / "matrix-evidence.json"
MAKE = (
    f"framegate matrix --from {EVIDENCE.relative_to(FOLDER.parents[1])} --output reports/generated"
)


@pytest.fixture(scope="module")
def matrix():
    probes = collect("probes", Probe).values()
    return build_matrix([read_evidence_file(EVIDENCE)], probes, known_failures())


@pytest.mark.parametrize(
    ("name", "render"), [("MATRIX.md", render_markdown), ("matrix.html", render_matrix_page)]
)
def test_it_is_what_the_evidence_gives(matrix, name, render):
    committed = (FOLDER / name).read_text("utf-8")
    assert render(matrix) == committed, f"a probe or an entry has changed since; {MAKE}"


def test_it_has_the_families_and_loaders_and_most_cells_of_the_processor_were_run(matrix):
    (machine,) = matrix.machines
    (processor,) = [table for table in machine.tables if table.device.kind == "cpu"]
    assert len({entry.way.family for entry in processor.entries}) >= 7
    assert len({entry.way.loader for entry in processor.entries}) >= 8
    assert share_of([processor]).percent >= 90


def test_no_place_of_the_machine_is_in_it():
    text = EVIDENCE.read_text("utf-8")
    places = ("/root", "/home/", "/tmp/", "/Users/", "/work/")  # noqa: S108 - looked for
    assert [place for place in places if place in text] == []
