"""What every command prints with --format json is what docs/schemas/framegate-1 promises."""

import json
import struct
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from compat.cli import preflight_command
from compat.cli.commands import SUMMARIES, command_named
from compat.cli.main import main
from compat.cli.output import Result, print_json
from compat.core.job import Check, Event, GateDecision, GateState, Preflight
from compat.core.model import (
    Device,
    Environment,
    Finding,
    Outcome,
    Place,
    ProbeResult,
    Severity,
    Target,
)
from compat.predict.model import Expected, Prediction
from compat.store.store import Store
from runners.embedded import embedded_model

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "schemas" / "framegate-1.schema.json"
SCHEMA = json.loads(SCHEMA_FILE.read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
COMMANDS = set(SCHEMA["properties"]["command"]["enum"])
HERE = Environment(
    os="x", machine="x", python="3", packages={}, devices=(Device(kind="cpu"),), fingerprint="here"
)
BAD = Finding(
    rule="a-rule",
    severity=Severity.HIGH,
    message="it is wrong",
    place=Place(kind="file", path="x", detail="byte 7"),
    evidence={"number": float("nan")},
)


@pytest.fixture
def files(tmp_path):
    """A whole and a cut weights file and a short clip of noise."""
    table = {"a": {"dtype": "U8", "shape": [10], "data_offsets": [0, 10]}}
    text = json.dumps(table).encode()
    head = struct.pack("<Q", len(text)) + text
    (tmp_path / "good.safetensors").write_bytes(head + b"x" * 10)
    (tmp_path / "cut.safetensors").write_bytes(head + b"x" * 4)
    noise = np.random.default_rng(0).integers(0, 256, (4, 96, 96, 3), np.uint8)
    np.save(tmp_path / "clip.npy", noise)
    return tmp_path


@pytest.fixture
def history():
    """One failed probe, one shut gate and one stopped run in the default store."""
    happenings = (
        ("run-started", {"plan": {}, "fingerprint": "f", "output": "/x.mp4", "windows": 2}),
        ("run-stopped", {"window": 0, "reason": "window 0 is garbage", "sentences": ["noise"]}),
    )
    with Store.open() as store:
        store.record_environment(HERE)
        failed = ProbeResult(
            probe="torch-float64",
            target=Target(device="cpu"),
            outcome=Outcome.FAIL,
            findings=(BAD,),
            environment="here",
        )
        store.record_result(failed)
        # One of the probes that stand beside the matrix; its cells are all unknown.
        store.record_result(replace(failed, probe="fp8-storage", outcome=Outcome.PASS))
        for number, (kind, data) in enumerate(happenings):
            at = f"2026-01-01T00:00:0{number}+00:00"
            store.append(Event(run="run-1", number=number, kind=kind, at=at, data=data))


@pytest.fixture
def shut_gate(monkeypatch, tmp_path):
    check = Check(id="files", title="files", outcome=Outcome.FAIL, findings=(BAD,))
    found = Preflight(fingerprint="f", plan={}, checks=(check,), estimate=None, seconds=1.0)
    decision = GateDecision(
        fingerprint="f", state=GateState.SHUT, blocking=("files: no",), undecided=(), waived=(),
        decided_at="now",
    )  # fmt: skip
    monkeypatch.setattr(preflight_command, "check_and_decide", lambda *_: (found, decision))
    monkeypatch.setattr("runners.environment.this_environment", lambda: HERE)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def foreseen(monkeypatch):
    bad = replace(BAD, evidence={"expected": "fails"})
    prediction = Prediction(
        expected=Expected.FAILS, findings=(bad,), unknown=("much",), measures={"tiny": {}}
    )
    monkeypatch.setattr("runners.prediction.ask.ask", lambda wanted: (prediction, wanted))


@pytest.fixture
def shadowed(monkeypatch):
    """A device that computes one operation wrongly in bfloat16 and cannot do float16."""
    answers = {
        "bfloat16": {"outcome": Outcome.FAIL, "findings": (BAD,)},
        "float16": {"outcome": Outcome.ERROR, "reason": "there is no float16"},
    }
    seen = {"compared": 7, "found": 1, "worst_eps": {"mul": 9.0}, "not_compared": {}}

    def parity(_session, dtypes, _progress):
        for dtype in dtypes:
            target = Target(device="cpu", model="m", dtype=dtype)
            yield ProbeResult(probe="parity", target=target, measures=seen, **answers[dtype])

    monkeypatch.setattr("runners.parity.parity", parity)


CALLS = {
    "verify": ["good.safetensors", "cut.safetensors"],
    "identify": ["good.safetensors", str(embedded_model())],
    "fit": ["good.safetensors", str(embedded_model())],
    "judge": ["clip.npy"],
    "plan": ["--prompt", "a cat"],
    "plan that is illegal": ["--prompt", "a cat", "--window", "32"],
    "preflight": ["--prompt", "a cat"],
    "explain": ["Got unsupported ScalarType BFloat16"],
    "explain what nobody knows": ["all is well"],
    "runs": [],
    "report": [],
    "doctor": [],
    "probe": ["--list"],
    "matrix": ["--device", "cpu"],
    "parity": ["--prompt", "a cat"],
    "predict": ["--model", "wan-t2v-14b", "--device", "mps", "--torch", "2.13"],
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.usefixtures("history", "shut_gate", "foreseen", "shadowed")
def test_the_document_is_as_promised(call, files, capsys, monkeypatch):
    monkeypatch.chdir(files)
    command = call.split()[0]
    main([command, *CALLS[call], "--format", "json"])
    document = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    VALIDATOR.validate(document)
    assert document["command"] == command
    assert document["results"]


def test_every_command_that_has_the_format_is_promised_and_tried():
    import argparse

    having = set()
    for name in SUMMARIES:
        parser = argparse.ArgumentParser()
        command_named(name).add_arguments(parser)
        if any("--format" in action.option_strings for action in parser._actions):
            having.add(name)
    assert having == COMMANDS == {call.split()[0] for call in CALLS}


def document(**changes):
    result = {"subject": "x", "verdict": "ok", "findings": [], "measures": {}}
    return {"schema": "framegate/1", "command": "verify", "results": [result | changes]}


def test_a_verdict_that_is_not_the_commands_own_is_refused():
    VALIDATOR.validate(document())
    with pytest.raises(jsonschema.ValidationError, match="'good' is not one of"):
        VALIDATOR.validate(document(verdict="good"))


def test_a_number_that_is_none_is_null(capsys):
    print_json("verify", [Result(subject="x", verdict="damaged", findings=[BAD])])
    printed = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    VALIDATOR.validate(printed)
    assert printed["results"][0]["findings"][0]["evidence"] == {"number": None}
