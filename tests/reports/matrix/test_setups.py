"""Machines stand side by side; of each the newest environment is shown."""

import pytest

from compat.core.errors import UsageError
from compat.knowledge.load import known_failures
from reports.matrix.build import build_matrix
from reports.matrix.model import Wanted


def build(lab, *pools, **changes):
    return build_matrix(pools, lab.PROBES, known_failures(), **changes)


def shown(built):
    return [machine.environment.fingerprint for machine in built.machines]


def test_an_update_of_software_is_the_same_machine_and_the_newest_is_shown(lab):
    old = lab.a_result(hour=7, environment=lab.BEFORE.fingerprint)
    built = lab.matrix(old, lab.a_result(hour=8))
    assert shown(built) == [lab.HERE.fingerprint]
    (note,) = built.notes
    assert "--environment bbbbbbbbbbbb" in note
    assert "1 result;" in note


def test_another_environment_is_shown_when_it_is_named(lab):
    old = lab.a_result(hour=7, environment=lab.BEFORE.fingerprint)
    built = lab.matrix(old, lab.a_result(hour=8), environment="bb")
    assert shown(built) == [lab.BEFORE.fingerprint]
    with pytest.raises(UsageError, match="no evidence from an environment 'zz'"):
        lab.matrix(old, environment="zz")


def test_two_machines_stand_side_by_side(lab):
    built = lab.matrix(lab.a_result(), lab.a_result(environment=lab.MAC.fingerprint))
    assert shown(built) == [lab.HERE.fingerprint, lab.MAC.fingerprint]


def test_machines_that_look_alike_stay_apart_when_they_come_from_different_files(lab):
    mine = lab.pool(lab.a_result(), source="a.json")
    yours = lab.pool(lab.a_result(environment=lab.BEFORE.fingerprint), source="b.json")
    built = build(lab, mine, yours)
    assert shown(built) == [lab.HERE.fingerprint, lab.BEFORE.fingerprint]
    assert [machine.sources for machine in built.machines] == [("a.json",), ("b.json",)]


def test_the_same_evidence_from_two_files_is_counted_once(lab):
    one = lab.pool(lab.a_result(), source="a.json")
    two = lab.pool(lab.a_result(), lab.a_result(cell=lab.HALF), source="b.json")
    built = build(lab, one, two)
    assert shown(built) == [lab.HERE.fingerprint]
    assert built.machines[0].sources == ("a.json", "b.json")
    assert not lab.cell_of(built).earlier


def test_a_file_that_describes_an_environment_otherwise_is_refused(lab):
    from dataclasses import replace

    forged = replace(lab.HERE, os="Windows 11")
    pools = lab.pool(lab.a_result()), lab.pool(environments=[forged], source="b.json")
    with pytest.raises(UsageError, match=r"b\.json describes environment 'aaaaaaaaaaaa'"):
        build(lab, *pools)


def test_results_without_a_described_environment_and_of_other_probes_do_not_count(lab):
    from dataclasses import replace

    lost = lab.a_result(environment="unknown")
    other = replace(lab.a_result(), probe="float64")
    assert shown(lab.matrix(lost, other)) == []


def test_results_about_cells_that_are_not_asked_any_more_are_counted_as_left_out(lab):
    from compat.core.model import Cell

    gone = lab.a_result(cell=Cell(loader="gone", dtype="float32"))
    (note,) = lab.matrix(gone, lab.a_result()).notes
    assert note.startswith("this store: left out 1 result about cells")


@pytest.mark.parametrize(
    ("wanted", "cells"),
    [
        (Wanted(), {"cpu": 5, "cuda": 5, "mps": 5}),
        (Wanted(devices=("cpu",)), {"cpu": 5}),
        (Wanted(devices=("mlx",)), {}),
        (Wanted(devices=("cpu",), families=("mochi",)), {"cpu": 1}),
        (Wanted(devices=("cpu",), loaders=("gguf",)), {"cpu": 1}),
        (Wanted(devices=("cpu",), dtypes=("Q8_0",)), {"cpu": 1}),
        (Wanted(devices=("cpu",), dtypes=("bfloat16",)), {"cpu": 2}),
    ],
)
def test_what_is_wanted_is_shown_and_nothing_else(lab, wanted, cells):
    (machine,) = lab.matrix(lab.a_result(), wanted=wanted).machines
    assert {table.device.kind: len(table.entries) for table in machine.tables} == cells
    narrowed = wanted.families or wanted.loaders or wanted.dtypes or wanted.devices == ("cpu",)
    assert (machine.mlx is None) == bool(narrowed)


def test_what_stands_behind_a_loader_alone_is_beside_the_cells():
    from compat.core.collect import collect
    from compat.core.model import Probe
    from reports.matrix.declared import ALONE, declared

    asked = declared(collect("probes", Probe).values())
    assert {name for names in ALONE.values() for name in names} == {
        question.way.probe for questions in asked.loaders.values() for question in questions
    }
    assert set(ALONE) <= {question.way.loader for question in asked.renders} | {
        "diffusers-single-file",
        "gguf",
    }
    assert any(question.way.probe == "mlx-arithmetic" for question in asked.mlx)


def test_cells_with_material_come_from_the_interpreter_that_answered_them(lab):
    theirs = lab.a_result(cell=lab.COMFYUI, hour=9, environment=lab.BEFORE.fingerprint)
    skipped = lab.skipped(lab.COMFYUI, hour=10)
    (machine,) = lab.matrix(lab.a_result(hour=8), theirs, skipped).machines
    assert (machine.environment, machine.elsewhere) == (lab.HERE, lab.BEFORE)
    entry = lab.cell_of(lab.matrix(lab.a_result(hour=8), theirs, skipped), lab.COMFYUI)
    assert (entry.result, entry.environment) == (theirs, lab.BEFORE)


def test_a_named_environment_decides_every_cell(lab):
    theirs = lab.a_result(cell=lab.COMFYUI, hour=9, environment=lab.BEFORE.fingerprint)
    built = lab.matrix(lab.a_result(hour=8), theirs, environment="aa")
    assert built.machines[0].elsewhere is None
    assert lab.cell_of(built, lab.COMFYUI).result is None


def test_a_newer_answer_in_this_interpreter_takes_the_cells_back(lab):
    theirs = lab.a_result(cell=lab.COMFYUI, hour=7, environment=lab.BEFORE.fingerprint)
    mine = lab.refused(lab.COMFYUI, hour=9)
    built = lab.matrix(theirs, mine)
    assert built.machines[0].elsewhere is None
    assert lab.cell_of(built, lab.COMFYUI).result is mine


def test_a_card_that_only_the_other_interpreter_can_use_is_usable(lab):
    from dataclasses import replace

    from compat.core.model import Device
    from reports.matrix.counts import share_of
    from reports.matrix.model import State

    card = Device(kind="cuda", name="a card")
    theirs = replace(lab.HERE, devices=(lab.HERE.devices[0], card), fingerprint="ee" * 32)
    result = lab.a_result(cell=lab.COMFYUI, device="cuda", environment=theirs.fingerprint)
    pool = lab.pool(lab.a_result(), result, environments=[lab.HERE, theirs])
    built = build(lab, pool)
    assert lab.cell_of(built, lab.COMFYUI, device="cuda").state is State.WORKS
    plain = lab.cell_of(built, lab.FOLDER, device="cuda")
    assert (plain.state, plain.sentence) == (State.UNKNOWN, "torch is a build without CUDA")
    (table,) = [t for t in built.machines[0].tables if t.device.kind == "cuda"]
    assert str(share_of([table])) == "1 of 5 cells (20 %)"
