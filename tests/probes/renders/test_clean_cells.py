"""Sound loaders are silent, and what fails here fails as the knowledge base says."""

import importlib

import pytest

from compat.backends.environment import detect_environment
from compat.core.codec import from_data
from compat.core.collect import collect
from compat.core.model import Finding, Level, Outcome, Probe, ProbeResult, Target, Verdict
from compat.knowledge import known_failures, verdict
from probes.renders.loaders.registry import LOADERS
from runners.child.probing import run_probe

from .conftest import FAMILIES

pytestmark = [
    pytest.mark.torch,
    pytest.mark.xdist_group("renders"),
    # Mochi switches autocasting off by asking for it in float32, which a processor remarks upon.
    pytest.mark.filterwarnings("ignore:In CPU autocast"),
]

PROBES = {p.model: p for p in collect("probes", Probe).values() if p.family == "renders"}
OWN = (
    "safetensors-torch",
    "safetensors-numpy",
    "safetensors-mlx",
    "diffusers-folder",
    "quanto",
    "fp8-layerwise",
)


def target_of(family, cell):
    return Target(
        loader=cell.loader, model=family, dtype=cell.dtype, quantisation=cell.quantisation
    )


def asked(family, cell, scratch):
    """The result of a cell by way of its probe; skips where a package of it is missing."""
    for module in cell.modules:
        pytest.importorskip(module)
        importlib.import_module(module)
    said = []
    target = target_of(family, cell)
    answer = run_probe(PROBES[family], target, str(scratch), said.append)
    return ProbeResult(
        probe=PROBES[family].id,
        target=target,
        outcome=Outcome(answer["outcome"]),
        reason=answer["reason"],
        findings=tuple(from_data(Finding, m["finding"]) for m in said if "finding" in m),
        measures={m["measure"]: m["value"] for m in said if "measure" in m},
    )


def cells(family, wanted):
    return [cell for cell in PROBES[family].cells if wanted(cell)]


def named(cell):
    return "-".join(filter(None, [cell.loader, cell.dtype, cell.quantisation]))


@pytest.fixture(scope="module")
def here():
    return detect_environment()


def test_every_family_has_a_probe():
    assert set(PROBES) == set(FAMILIES)
    assert {probe.id for probe in PROBES.values()} == {
        f"render-{family.replace('.', '-')}" for family in FAMILIES
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_every_loader_is_asked_of_every_family_it_takes(family):
    found = {cell.loader for cell in PROBES[family].cells}
    assert found >= set(OWN)
    assert found <= set(LOADERS)
    assert len(set(PROBES[family].cells)) == len(PROBES[family].cells)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_standard_round_asks_one_cell_of_each_family(family):
    (cell,) = cells(family, lambda cell: cell.level is Level.STANDARD)
    assert (cell.loader, cell.dtype) == ("diffusers-folder", "bfloat16")
    assert cells(family, lambda cell: cell.level is Level.QUICK) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_the_usual_way_of_loading_renders_what_the_weights_say(family, tmp_path):
    (cell,) = cells(family, lambda cell: cell.level is Level.STANDARD)
    result = asked(family, cell, tmp_path)
    assert result.outcome is Outcome.PASS, result.findings
    for what in ("latents", "frames"):
        assert 0 < result.measures[f"{what} limit"] < 0.1


@pytest.mark.parametrize("cell", cells("ltx", lambda cell: cell.loader in OWN), ids=named)
def test_every_cell_of_ltx_passes_or_fails_as_is_known(here, cell, tmp_path):
    result = asked("ltx", cell, tmp_path)
    assert verdict(result, known_failures(), here) in (Verdict.OK, Verdict.KNOWN), result.findings


KNOWN = [
    ("ltx", "safetensors-mlx", "bfloat16", "float8_e4m3fn", "render-garbage"),
    ("ltx", "safetensors-mlx", "bfloat16", "float8_e5m2", "render-refused"),
    ("ltx", "safetensors-numpy", "bfloat16", "", "render-refused"),
    ("animatediff", "quanto", "bfloat16", "int8", "render-refused"),
]


@pytest.mark.parametrize(("family", "loader", "dtype", "quantisation", "rule"), KNOWN)
def test_what_is_known_to_fail_does_and_its_entry_would_be_stale_if_it_did_not(
    here, tmp_path, family, loader, dtype, quantisation, rule
):
    (cell,) = cells(
        family, lambda c: (c.loader, c.dtype, c.quantisation) == (loader, dtype, quantisation)
    )
    result = asked(family, cell, tmp_path)
    assert [finding.rule for finding in result.findings] == [rule]
    assert verdict(result, known_failures(), here) is Verdict.KNOWN
    passed = ProbeResult(probe=result.probe, target=result.target, outcome=Outcome.PASS)
    assert verdict(passed, known_failures(), here) is Verdict.STALE


def test_a_known_failure_of_one_cell_is_not_expected_of_another(here):
    cell = Target(loader="diffusers-folder", model="ltx", dtype="bfloat16")
    passed = ProbeResult(probe="render-ltx", target=cell, outcome=Outcome.PASS)
    assert verdict(passed, known_failures(), here) is Verdict.OK


def test_a_probe_without_a_cell_skips_with_the_reason(tmp_path):
    answer = run_probe(PROBES["ltx"], Target(), str(tmp_path), lambda _message: None)
    assert (answer["outcome"], answer["reason"]) == (
        "skip",
        "it asks about one way of loading, and none was named",
    )
