"""Asks a probe in this process, with and without a fault, and says whether it noticed."""

import contextlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from compat.core.model import Outcome, Probe, Target
from runners.child.probing import run_probe
from runners.child.state import State, left_behind
from tools.probe_faults.fault import Fault
from tools.probe_faults.scaled import in_small

Said = frozenset[tuple[str, str]]


class Seen(StrEnum):
    """What became of a fault under a probe."""

    RED = "red"
    ERROR = "ended as an error with the reason"
    LEFT = "told as left behind"
    MISSED = "acted and was not noticed"
    IDLE = "did not act"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a probe said: how it ended, its findings by rule and message, and what it left."""

    outcome: Outcome
    reason: str
    said: Said
    left: tuple[str, ...] = ()


def device_of(probe: Probe) -> str:
    """The device that this machine can stand in for."""
    return "mlx" if probe.needs.devices == ("mlx",) else "cpu"


def ask(probe: Probe) -> Answer:
    """Ask it here, in inference mode, where composite operations reach a fault as a whole."""
    said: list[dict[str, Any]] = []
    before = _default_dtype()
    with _inference(), in_small(probe.id), scratch_folder() as scratch, _silence():
        answer = run_probe(probe, Target(device=device_of(probe)), scratch, said.append)
    left = left_behind(before, _default_dtype())
    _tidy()
    findings = (message["finding"] for message in said if "finding" in message)
    return Answer(
        outcome=Outcome(answer["outcome"]),
        reason=answer["reason"],
        said=frozenset((finding["rule"], finding["message"]) for finding in findings),
        left=left,
    )


def under(probe: Probe, fault: Fault, sound: Answer) -> Seen:
    """What the probe says under the fault, against what it says without."""
    with fault.inject() as acting:
        answer = ask(probe)
    if answer.said - sound.said and answer.outcome is Outcome.FAIL:
        return Seen.RED
    if answer.outcome is Outcome.ERROR and sound.outcome is not Outcome.ERROR:
        return Seen.ERROR
    if answer.left:
        return Seen.LEFT
    return Seen.MISSED if acting.hits else Seen.IDLE


@contextlib.contextmanager
def scratch_folder() -> Iterator[str]:
    """A folder for a probe; files that it leaves mapped on Windows stay."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield folder


@contextlib.contextmanager
def _inference() -> Iterator[None]:
    import torch

    with torch.inference_mode():
        yield


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Without the traces that a probe's errors leave on stderr."""
    with contextlib.redirect_stderr(io.StringIO()):
        yield


def _default_dtype() -> State:
    """The part of a process's state that a fault here can change; all of it takes 0.2 s."""
    import torch

    return {"torch's default dtype": str(torch.get_default_dtype())}


def _tidy() -> None:
    import torch

    torch.set_default_dtype(torch.float32)
