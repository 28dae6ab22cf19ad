"""Which cells are asked: by level, by loader, by dtype or quantisation."""

import pytest

from compat.cli.cell_filters import CellFilter, narrowed
from compat.core.errors import UsageError
from compat.core.model import Cell, Level, Needs, Probe

PLAIN = Probe(
    id="plain", family="", title="", doc="", needs=Needs(), check=lambda _session: iter(())
)
RENDER = Probe(
    id="render",
    family="",
    title="",
    doc="",
    needs=Needs(),
    check=lambda _session: iter(()),
    cells=(
        Cell(loader="folder", dtype="bfloat16", level=Level.STANDARD),
        Cell(loader="folder", dtype="float32"),
        Cell(loader="gguf", dtype="bfloat16", quantisation="Q8_0"),
    ),
)


def kept(**wanted):
    found = narrowed([PLAIN, RENDER], CellFilter(**{"level": Level.STANDARD, **wanted}))
    return [(p.id, [(c.loader, c.quantisation or c.dtype) for c in p.cells]) for p in found]


@pytest.mark.parametrize(
    ("wanted", "cells"),
    [
        ({}, [("plain", []), ("render", [("folder", "bfloat16")])]),
        ({"level": Level.QUICK}, [("plain", [])]),
        ({"loaders": ("gguf",)}, [("render", [("gguf", "Q8_0")])]),
        ({"loaders": ("folder",), "dtypes": ("float32",)}, [("render", [("folder", "float32")])]),
        ({"dtypes": ("Q8_0",)}, [("render", [("gguf", "Q8_0")])]),
        ({"loaders": ("gguf",), "dtypes": ("float32",)}, []),
    ],
)
def test_cells_are_narrowed_to_what_was_asked_for(wanted, cells):
    assert kept(**wanted) == cells


def test_a_long_round_asks_every_cell():
    assert len(kept(level=Level.LONG)[1][1]) == 3


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [({"loaders": ("guf",)}, "did you mean gguf"), ({"dtypes": ("xyz",)}, "known: Q8_0, bfloat16")],
)
def test_a_name_that_no_cell_has_is_wrong_usage(wanted, hint):
    with pytest.raises(UsageError) as caught:
        kept(**wanted)
    assert hint in caught.value.remedy
