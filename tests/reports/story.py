"""A small made-up history that the report tests put into a store."""

from compat.core.job import Check, Estimate, Event, GateDecision, GateState, Preflight, Waiver
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

HOSTILE = 'models/<script>alert(1)</script>"onload=x|`[a](b)*\u202etxt.\x1b[31m'

MAC = Environment(
    os="macOS 15.3.1",
    machine="arm64",
    python="3.12.4",
    packages={"torch": "2.5.1"},
    devices=(Device(kind="cpu", name="M3"), Device(kind="mps", name="M3 GPU")),
    fingerprint="mac",
)

PLAN = {
    "model": {"path": HOSTILE, "device": "mps", "dtype": "bfloat16"},
    "video": {"width": 832, "height": 448, "fps": 25.0, "seconds": 60.0},
    "window": {"frames": 161, "overlap": 25},
    "sampling": {"steps": 30, "seed": 7},
}

FLOAT64 = (
    "TypeError: Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support "
    "float64. Please use float32 instead."
)


def a_result(outcome=Outcome.PASS, probe="torch-float64", hour=8, dtype="float32", **changes):
    given = {
        "probe": probe,
        "target": Target(device="mps", dtype=dtype),
        "outcome": outcome,
        "started_at": f"2026-11-20T{hour:02d}:00:00+00:00",
        "environment": "mac",
    }
    return ProbeResult(**(given | changes))


def a_finding(rule="files-cut", message="the file is cut", remedy="download again"):
    return Finding(
        rule=rule,
        severity=Severity.HIGH,
        message=message,
        place=Place(kind="file", path="x"),
        remedy=remedy,
    )


def a_preflight(*checks, fingerprint="print-1"):
    return Preflight(
        fingerprint=fingerprint,
        plan=PLAN,
        checks=checks,
        estimate=Estimate(
            seconds=5023.0, peak_memory_bytes=31 * 2**30, disk_bytes=None, basis="scaled"
        ),
        seconds=12.5,
    )


def a_check(identifier="files", outcome=Outcome.PASS, reason="", **changes):
    return Check(
        id=identifier, title=f"the {identifier} hold", outcome=outcome, reason=reason, **changes
    )


def a_decision(*blocking, fingerprint="print-1", waived=(), undecided=()):
    return GateDecision(
        fingerprint=fingerprint,
        state=GateState.SHUT if blocking else GateState.OPEN,
        blocking=blocking,
        undecided=undecided,
        waived=tuple(Waiver(rule=rule, reason=reason) for rule, reason in waived),
        decided_at="2999-01-01T00:00:00+00:00",
    )


def add_run(store, run, *happenings):
    for number, (kind, data) in enumerate(happenings):
        at = f"2026-11-20T10:{number:02d}:00+00:00"
        store.append(Event(run=run, number=number, kind=kind, at=at, data=data))


def started(output="/renders/harbour.mp4", windows=2, **changes):
    data = {
        "plan": PLAN,
        "fingerprint": "print-1",
        "output": output,
        "windows": windows,
        "environment": "mac",
        "folder": "/nowhere",
    }
    return "run-started", data | changes


def window(index, verdict="good", sentences=()):
    return (
        ("window-denoised", {"window": index, "seed": index + 7, "seconds": 412.0}),
        (
            "window-judged",
            {"window": index, "verdict": verdict, "sentences": list(sentences), "measures": {}},
        ),
        ("window-decoded", {"window": index, "frames": 161, "seconds": 12.0}),
    )
