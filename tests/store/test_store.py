"""The evidence store keeps what it is given, and never changes it."""

import json
import math
import sqlite3

import pytest

from compat.core.job import (
    Check,
    Estimate,
    Event,
    GateDecision,
    GateState,
    Preflight,
    Waiver,
)
from compat.core.model import (
    Crash,
    Device,
    Environment,
    Finding,
    Outcome,
    Place,
    ProbeResult,
    Severity,
    Target,
)
from compat.store.errors import EventConflictError, StoreError
from compat.store.store import Run, Store

TABLES = ("environment", "result", "preflight", "decision", "event")

ENVIRONMENT = Environment(
    os="Linux 6.1",
    machine="x86_64",
    python="3.11.7",
    packages={"torch": "2.8.0"},
    devices=(Device(kind="cpu", name="a cpu"),),
    fingerprint="env-1",
)
RESULT = ProbeResult(
    probe="torch-conv3d-bf16",
    target=Target(device="cpu", dtype="bfloat16"),
    outcome=Outcome.FAIL,
    reason="it differs",
    findings=(
        Finding(
            rule="too-far",
            severity=Severity.HIGH,
            message="0.5 off, expected 0.01",
            place=Place(kind="device", path="cpu"),
        ),
    ),
    environment="env-1",
    crash=Crash(kind="signal", detail="SIGSEGV"),
)
PREFLIGHT = Preflight(
    fingerprint="print-1",
    plan={"video": {"width": 64}},
    checks=(Check(id="files", title="the files are whole", outcome=Outcome.PASS),),
    estimate=Estimate(seconds=3.5, peak_memory_bytes=None, disk_bytes=5, basis="a tiny render"),
    seconds=2.0,
)


def a_decision(state=GateState.SHUT, fingerprint="print-1"):
    return GateDecision(
        fingerprint=fingerprint,
        state=state,
        blocking=("the files are damaged",),
        undecided=(),
        waived=(Waiver(rule="picture", reason="a test card"),),
        decided_at="2026-11-21T08:00:00+00:00",
    )


def an_event(number, kind="window-denoised", run="run-1", **data):
    return Event(run=run, number=number, kind=kind, at=f"2026-11-21T08:00:0{number}", data=data)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "deep" / "evidence.sqlite3") as opened:
        yield opened


def fill(store):
    store.record_environment(ENVIRONMENT)
    store.record_result(RESULT)
    store.record_preflight(PREFLIGHT, environment="env-1")
    store.record_decision(a_decision())
    store.append(an_event(0, "run-started"))


def test_everything_comes_back_as_it_went_in(store):
    fill(store)
    assert store.environments() == {"env-1": ENVIRONMENT}
    assert store.results() == (RESULT,)
    (recorded,) = store.preflights()
    assert recorded.preflight == PREFLIGHT
    assert recorded.environment == "env-1"
    assert recorded.recorded_at.endswith("+00:00")
    assert store.decisions() == (a_decision(),)
    assert store.events("run-1") == (an_event(0, "run-started"),)


def test_what_one_store_wrote_another_reads(store):
    fill(store)
    with Store.open(store.path) as other:
        assert other.results() == (RESULT,)


def test_an_environment_is_kept_once(store):
    store.record_environment(ENVIRONMENT)
    store.record_environment(ENVIRONMENT)
    assert len(store.environments()) == 1


def test_the_latest_decision_for_exactly_this_fingerprint_counts(store):
    store.record_decision(a_decision(GateState.SHUT))
    store.record_decision(a_decision(GateState.OPEN))
    store.record_decision(a_decision(GateState.SHUT, fingerprint="print-2"))
    found = store.latest_decision("print-1")
    assert found is not None
    assert found.state is GateState.OPEN
    assert store.latest_decision("print-3") is None


@pytest.mark.parametrize("number", [0, 2, 5])
def test_an_event_whose_number_is_not_next_is_refused(store, number):
    store.append(an_event(0))
    with pytest.raises(EventConflictError, match=f"event {number} of run run-1 is taken or leaves"):
        store.append(an_event(number))
    assert len(store.events("run-1")) == 1


def test_runs_count_their_events_apart(store):
    store.append(an_event(0, "run-started"))
    store.append(an_event(0, "run-started", run="run-2"))
    store.append(an_event(1, "run-finished"))
    assert store.runs() == (
        Run(
            run="run-1",
            started_at="2026-11-21T08:00:00",
            last_at="2026-11-21T08:00:01",
            last_kind="run-finished",
            events=2,
        ),
        Run(
            run="run-2",
            started_at="2026-11-21T08:00:00",
            last_at="2026-11-21T08:00:00",
            last_kind="run-started",
            events=1,
        ),
    )


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("run-started", "unfinished"),
        ("window-judged", "unfinished"),
        ("run-finished", "finished"),
        ("run-stopped", "stopped"),
        ("run-interrupted", "interrupted"),
        ("run-resumed", "unfinished"),
    ],
)
def test_the_state_of_a_run_follows_from_its_last_event(store, kind, state):
    store.append(an_event(0, kind))
    assert store.runs()[0].state == state


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET data = '1'", "DELETE FROM {}"])
def test_evidence_can_be_neither_changed_nor_deleted(store, table, statement):
    fill(store)
    with pytest.raises(sqlite3.IntegrityError, match="evidence is append-only"):
        store._connection.execute(statement.format(table))


def test_replacing_a_row_is_refused_too(store):
    fill(store)
    with pytest.raises(sqlite3.IntegrityError, match="evidence is append-only"):
        store._connection.execute(
            "REPLACE INTO result (id, probe, outcome, environment, recorded_at, data)"
            " VALUES (1, 'x', 'pass', '', '', '1')"
        )


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_strict_and_hold_only_json(store, table):
    schema = store._connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()[0]
    assert "STRICT" in schema
    assert "CHECK (json_valid(data))" in schema


def test_a_commit_is_on_disk_when_it_returns(store):
    assert store._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store._connection.execute("PRAGMA synchronous").fetchone()[0] == 2


class Scalar:
    """Stands for a numpy scalar."""

    def item(self):
        return 7


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        ([math.inf], ["inf"]),
        ({"deep": math.nan}, {"deep": "nan"}),
        (Scalar(), 7),
        ({1}, [1]),
        ("\udc80 broken name", "\udc80 broken name"),
        ("nul \x00 byte", "nul \x00 byte"),
    ],
)
def test_awkward_evidence_is_kept_rather_than_lost(store, given, kept):
    store.append(an_event(0, value=given))
    assert store.events("run-1")[0].data == {"value": kept}


def test_a_row_of_an_unknown_shape_is_said_in_a_sentence(store):
    row = json.dumps({"probe": "x", "colour": "red"})
    store._connection.execute(
        "INSERT INTO result (probe, outcome, environment, recorded_at, data)"
        " VALUES ('x', 'pass', '', '', ?)",
        (row,),
    )
    with pytest.raises(StoreError, match="holds a ProbeResult that this framegate cannot read"):
        store.results()
