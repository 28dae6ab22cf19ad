"""A laboratory: probes with few cells, machines, and results as a test needs them."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from compat.core.model import (
    Cell,
    Crash,
    Device,
    Environment,
    Finding,
    Needs,
    Outcome,
    Place,
    Probe,
    ProbeResult,
    Severity,
    Target,
)
from compat.knowledge.load import known_failures
from reports.matrix.build import build_matrix
from reports.matrix.model import Pool

HOSTILE = '<script>alert(1)</script>"onload=x|`[a](b)*\u202etxt.\x1b[31m\ud800'

GGUF = Cell(loader="gguf", dtype="bfloat16", quantisation="Q8_0", modules=("gguf",))
FOLDER = Cell(loader="diffusers-folder", dtype="float32")
HALF = Cell(loader="diffusers-folder", dtype="float16")
COMFYUI = Cell(loader="comfyui", dtype="bfloat16", subject="a ComfyUI folder")

HERE = Environment(
    os="Linux (test)",
    machine="x86_64",
    python="3.11",
    packages={"torch": "2.13.0", "diffusers": "0.42.1", "gguf": "0.17"},
    devices=(
        Device(kind="cpu", name="a processor"),
        Device(kind="cuda", unavailable="torch is a build without CUDA"),
        Device(kind="mlx", name="MLX"),
    ),
    fingerprint="aa" * 32,
)
BEFORE = replace(HERE, packages={**HERE.packages, "diffusers": "0.36.0"}, fingerprint="bb" * 32)
MAC = replace(
    HERE,
    os="macOS 26.2",
    machine="arm64",
    devices=(Device(kind="cpu", name="M3"), Device(kind="mps", name="M3 GPU")),
    fingerprint="cc" * 32,
)


def a_probe(model, *cells, **changes):
    given = {
        "id": f"render-{model}",
        "family": "renders",
        "title": f"{model} renders the same whoever loads it.",
        "doc": "",
        "needs": Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
        "check": lambda _session: iter(()),
        "model": model,
        "cells": cells,
    }
    return Probe(**given | changes)


def a_mlx_probe():
    return a_probe(
        "", id="mlx-arithmetic", family="mlx", title="MLX computes.",
        needs=Needs(modules=("mlx.core",), devices=("mlx",)),
    )  # fmt: skip


def a_finding(rule="render-refused", message="no", severity=Severity.HIGH, **changes):
    place = Place(kind="device", path="cpu")
    return Finding(rule=rule, severity=severity, message=message, place=place, **changes)


def a_result(outcome=Outcome.PASS, cell=FOLDER, *findings, family="ltx", hour=8, **changes):
    target = Target(
        device=changes.pop("device", "cpu"),
        loader=cell.loader,
        model=family,
        dtype=cell.dtype,
        quantisation=cell.quantisation,
    )
    given = {
        "probe": f"render-{family}",
        "target": target,
        "outcome": outcome,
        "findings": findings,
        "started_at": f"2026-11-26T{hour:02d}:00:00.000+00:00",
        "seconds": 2.0,
        "environment": HERE.fingerprint,
    }
    return ProbeResult(**given | changes)


def refused(cell=FOLDER, **changes):
    return a_result(Outcome.FAIL, cell, a_finding(), **changes)


def wrong(cell=FOLDER, **changes):
    finding = a_finding("render-silently-wrong", "the frames are others")
    return a_result(Outcome.FAIL, cell, finding, **changes)


def known(cell=FOLDER, **changes):
    text = "TypeError: Got unsupported ScalarType BFloat16"
    return a_result(Outcome.FAIL, cell, a_finding(message=text), **changes)


def crashed(cell=FOLDER, **changes):
    crash = Crash(kind="signal", detail="killed by SIGSEGV", log_tail="Segmentation fault")
    return a_result(Outcome.ERROR, cell, reason="killed by SIGSEGV", crash=crash, **changes)


def skipped(cell=FOLDER, reason="it needs 1024 MiB of memory", **changes):
    return a_result(Outcome.SKIP, cell, reason=reason, **changes)


PROBES = (a_probe("ltx", FOLDER, HALF, GGUF, COMFYUI), a_probe("mochi", FOLDER), a_mlx_probe())


def pool(*results, environments=(HERE, BEFORE, MAC), source="this store"):
    return Pool(source=source, environments=tuple(environments), results=tuple(results))


def matrix(*results, wanted=None, probes=PROBES, environment=""):
    return build_matrix([pool(*results)], probes, known_failures(), wanted, environment)


def cell_of(built, cell=FOLDER, family="ltx", device="cpu", machine=0):
    """The one entry of a matrix about a cell."""
    (table,) = [t for t in built.machines[machine].tables if t.device.kind == device]
    (entry,) = [
        e
        for e in table.entries
        if (e.way.family, e.way.loader, e.way.dtype, e.way.quantisation)
        == (family, cell.loader, cell.dtype, cell.quantisation)
    ]
    return entry


@pytest.fixture(scope="session")
def lab():
    """Everything above; importlib mode puts no test folder on the path."""
    return SimpleNamespace(**{k: v for k, v in globals().items() if not k.startswith("_")})
