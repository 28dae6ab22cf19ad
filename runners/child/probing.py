"""The probing role of a worker: what this interpreter has, and what one probe says."""

import functools
import importlib
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from compat.backends.backend import import_framework
from compat.backends.environment import detect_environment
from compat.core.codec import from_data, to_data
from compat.core.collect import collect
from compat.core.model import Finding, Outcome, Probe, Severity, Target
from compat.core.probe import SkipProbeError
from runners.child.state import current_state, left_behind, settle
from runners.child.surroundings import surroundings
from runners.worker import Emit, Handler


class ProbeSession:
    """What a probe is handed in a worker; every measure leaves at once, so a crash loses none."""

    def __init__(
        self, target: Target, scratch: str, emit: Emit, material: Mapping[str, Any] | None = None
    ) -> None:
        """Aim at ``target``; ``scratch`` is an empty folder, ``material`` what was handed over."""
        self._target = target
        self._scratch = scratch
        self._emit = emit
        self._material = material or {}

    @property
    def target(self) -> Target:
        """What this run of the probe is aimed at."""
        return self._target

    @property
    def scratch(self) -> str:
        """Path of an empty folder that is removed after the probe."""
        return self._scratch

    @property
    def material(self) -> Mapping[str, Any]:
        """JSON values that came with the question; empty for a question about the machine."""
        return self._material

    def measure(self, name: str, value: object) -> None:
        """Record one JSON value as evidence."""
        self._emit({"measure": name, "value": value})

    def skip(self, why: str) -> NoReturn:
        """End the probe as SKIP with the reason."""
        raise SkipProbeError(why)


def run_probe(
    probe: Probe,
    target: Target,
    scratch: str,
    emit: Emit,
    material: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Ask ``probe`` and return outcome, reason and seconds; findings and measures are emitted.

    Any finding from LOW up is a FAIL; an exception is an ERROR and keeps what came before it.
    """
    session = ProbeSession(target, scratch, emit, material)
    outcome, reason = Outcome.PASS, ""
    began = time.perf_counter()
    try:
        for finding in probe.check(session):
            emit({"finding": to_data(finding)})
            outcome = _worse(outcome, finding)
    except SkipProbeError as exc:
        outcome, reason = Outcome.SKIP, str(exc)
    except Exception as exc:  # noqa: BLE001 - whatever a probe raises is its result
        traceback.print_exc(file=sys.stderr)
        outcome, reason = Outcome.ERROR, _what_was_raised(exc)
    return {"outcome": outcome.value, "reason": reason, "seconds": time.perf_counter() - began}


def environment(_arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Describe this interpreter and its devices."""
    return dict(to_data(detect_environment()))


def prepare(arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Import ``modules``; ``missing`` is empty, or the reason why one cannot be had."""
    loaded = len(sys.modules)
    reasons = (import_framework(name)[1] for name in arguments["modules"])
    missing = next(filter(None, reasons), "")
    if len(sys.modules) > loaded:
        settle()
    return {"missing": missing}


def probe(arguments: dict[str, Any], emit: Emit) -> dict[str, Any]:
    """Run one probe; ``left_behind`` tells what it changed in this process."""
    chosen = _probes(arguments["package"])[arguments["probe"]]
    target = from_data(Target, arguments["target"])
    before = current_state()
    answer = run_probe(chosen, target, arguments["scratch"], emit, arguments.get("material"))
    return {**answer, "left_behind": list(left_behind(before, current_state()))}


@functools.cache
def _probes(package: str) -> Mapping[str, Probe]:
    importlib.invalidate_caches()
    return collect(package, Probe)


def _worse(outcome: Outcome, finding: Finding) -> Outcome:
    return Outcome.FAIL if finding.severity.rank >= Severity.LOW.rank else outcome


def _what_was_raised(exc: Exception) -> str:
    frame = traceback.extract_tb(exc.__traceback__)[-1]
    text = " ".join(str(exc).split())
    return f"{type(exc).__name__}: {text} ({Path(frame.filename).name}:{frame.lineno})"


HANDLERS: Mapping[str, Handler] = {
    "environment": environment,
    "prepare": prepare,
    "probe": probe,
    "surroundings": surroundings,
}
