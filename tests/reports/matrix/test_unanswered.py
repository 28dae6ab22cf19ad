"""A cell without evidence says why there is none."""

from dataclasses import replace

import pytest

from compat.core.model import Cell, Device
from reports.matrix.model import State


def why(lab, cell, device="cpu", **changes):
    here = replace(lab.HERE, **changes)
    probes = (lab.a_probe("ltx", lab.FOLDER, cell),)
    result = lab.a_result(cell=Cell(loader="gone", dtype="float32"))
    built = lab.build_matrix([lab.pool(result, environments=[here])], probes, ())
    entry = lab.cell_of(built, cell, device=device)
    assert entry.state is State.UNKNOWN
    return entry.sentence


def test_nobody_ran_it(lab):
    assert why(lab, lab.GGUF) == "never run here"


def test_the_device_is_not_usable(lab):
    assert why(lab, lab.GGUF, "cuda") == "torch is a build without CUDA"


def test_nobody_asked_about_such_a_device(lab):
    assert why(lab, lab.GGUF, "mps") == "no mps device is known of"


def test_a_package_is_missing(lab):
    assert why(lab, lab.GGUF, packages={"torch": "2.13"}) == "gguf is not installed"


def test_a_package_that_brings_a_module_of_another_name_is_there(lab):
    cell = Cell(loader="quanto", dtype="float32", modules=("optimum.quanto",))
    assert why(lab, cell) == "optimum.quanto is not installed"
    packages = {**lab.HERE.packages, "optimum-quanto": "0.2"}
    assert why(lab, cell, packages=packages) == "never run here"


def test_a_package_that_no_environment_records_is_not_said_to_be_missing(lab):
    cell = Cell(loader="x", dtype="float32", modules=("something.else",))
    assert why(lab, cell) == "never run here"


def test_material_was_not_named(lab):
    assert why(lab, lab.COMFYUI) == "a ComfyUI folder was not named"


@pytest.mark.parametrize("first", [0, 1])
def test_the_usable_card_is_taken(lab, first):
    cards = [Device(kind="rocm", name="card"), Device(kind="cuda", unavailable="no driver")]
    devices = (cards[first], cards[1 - first])
    assert why(lab, lab.GGUF, "rocm", devices=devices) == "never run here"
