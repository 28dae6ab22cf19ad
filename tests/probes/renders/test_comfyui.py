"""ComfyUI's part of a render: what needs no ComfyUI, and, where one is named, the real thing."""

import os
from pathlib import Path

import pytest

from compat.core.collect import collect
from compat.core.model import Device, Outcome, Probe, Verdict
from compat.knowledge import known_failures, verdict
from probes.renders.comfyui.sampling import strength, stretches
from probes.renders.comfyui.sizes import Sizes, given
from probes.renders.loaders.registry import LOADERS
from runners.batch import ask_all, questions
from runners.process import Worker

from .conftest import FAMILIES, tiny

pytestmark = [pytest.mark.torch, pytest.mark.xdist_group("renders")]
PROBES = {p.model: p for p in collect("probes", Probe).values() if p.family == "renders"}


@pytest.mark.parametrize("time", [999.0, 857.0, 600.0, 500.0, 124.9, 1000.0, 0.5])
def test_a_strength_is_turned_back_into_its_time(time):
    import torch

    assert float(strength(time) * 1000.0) == float(torch.tensor(time))


def test_steps_of_one_expert_are_one_stretch():
    def chosen(time):
        return "high" if time >= 875 else "low"

    assert stretches([999, 900, 600, 100], chosen) == [(0, 2, "high"), (2, 4, "low")]
    assert stretches([], chosen) == []


@pytest.mark.parametrize("loader", ["comfyui", "comfyui-gguf"])
def test_without_a_comfyui_a_cell_is_skipped_with_the_reason(ask_loader, loader):
    said = ask_loader(LOADERS[loader], "ltx", quantisation="Q8_0" if "gguf" in loader else "")
    assert said.outcome == "skip"
    assert "--comfyui DIR" in said.reason


class Detection:
    """Stands for ComfyUI's module of that name."""

    @staticmethod
    def detect_unet_config(kind):
        return {"depth": 48, "heads": 24} if kind else None


def test_sizes_are_taken_while_it_lasts_and_no_longer():
    import calendar

    before = calendar.TextCalendar
    sizes = Sizes(
        detected={"depth": 2},
        arguments={("calendar", "TextCalendar"): {"firstweekday": 6}},
        numbers={("no.such.module", "Model", "__init__"): {8: 2}},
    )
    with given(Detection, sizes):
        assert Detection.detect_unet_config("x") == {"depth": 2, "heads": 24}
        assert Detection.detect_unet_config("") is None
        assert calendar.TextCalendar(firstweekday=1).firstweekday == 6
    assert Detection.detect_unet_config("x")["depth"] == 48
    assert calendar.TextCalendar is before


def test_lightricks_config_has_a_block_for_each_that_the_file_has():
    import json

    from probes.renders.comfyui.families import FAMILIES as COMFYUI
    from probes.renders.original_layout.registry import LAYOUTS

    parts = tiny("ltx").parts()
    config = json.loads(COMFYUI["ltx"].metadata(parts)["config"])
    blocks = config["vae"]["blocks"]
    names = LAYOUTS["ltx"].autoencoder(parts["vae"].state_dict())
    assert {int(name.split(".")[2]) for name in names if "encoder.down_blocks." in name} == set(
        range(len(blocks))
    )
    assert config["transformer"]["num_layers"] == parts["transformer"].config.num_layers


REAL = os.environ.get("FRAMEGATE_COMFYUI", "")
PYTHON = os.environ.get("FRAMEGATE_COMFYUI_PYTHON", "")
real = pytest.mark.skipif(not REAL, reason="FRAMEGATE_COMFYUI names no ComfyUI folder")


def results_of(loader, dtype, quantisation=""):
    """One result a family; each in the warm worker of ComfyUI's interpreter."""
    asked = [
        question
        for question in questions(PROBES.values(), [Device(kind="cpu")], {"comfyui": REAL})
        if question.cell is not None
        and (question.cell.loader, question.cell.dtype, question.cell.quantisation)
        == (loader, dtype, quantisation)
    ]
    results = ask_all(asked, None, python=Path(PYTHON) if PYTHON else None)
    return {result.target.model: result for result in results}


@real
@pytest.mark.slow
@pytest.mark.parametrize(
    ("loader", "dtype", "quantisation"),
    [("comfyui", "float32", ""), ("comfyui", "bfloat16", ""), ("comfyui-gguf", "float16", "Q8_0")],
)
def test_a_real_comfyui_renders_what_diffusers_does_or_fails_as_is_known(
    loader, dtype, quantisation
):
    found = results_of(loader, dtype, quantisation)
    assert set(found) == set(FAMILIES)
    said = {
        family: verdict(result, known_failures())
        for family, result in found.items()
        if result.outcome is not Outcome.SKIP
    }
    known = {Verdict.OK, Verdict.KNOWN}
    wrong = [found[family] for family, meaning in said.items() if meaning not in known]
    assert not wrong
    if loader == "comfyui":
        fine = {family for family, meaning in said.items() if meaning is Verdict.OK}
        assert fine >= {"ltx", "wan-2.1", "wan-2.2", "hunyuan-video", "mochi"}


@real
@pytest.mark.slow
def test_a_real_comfyui_with_a_file_that_went_wrong_is_red(monkeypatch):
    here = Path(__file__).parent
    monkeypatch.syspath_prepend(here)
    probes = collect("faulty_comfyui", Probe)

    def start(log):
        return Worker(
            "probing",
            log=log,
            python=Path(PYTHON) if PYTHON else None,
            environment={"PYTHONPATH": str(here)},
        )

    asked = questions(probes.values(), [Device(kind="cpu")], {"comfyui": REAL})
    found = list(ask_all(asked, None, package="faulty_comfyui", start=start))
    assert [result.outcome for result in found] == [Outcome.FAIL] * 3, found
    rules = {finding.rule for result in found for finding in result.findings}
    assert rules <= {"render-silently-wrong", "render-garbage"}
