"""Faults that end a process: done in a real worker, and what is told of them."""

from dataclasses import dataclass
from pathlib import Path

from compat.core.collect import collect
from compat.core.model import Device, Outcome, Probe
from runners.batch import Question, ask_all
from runners.process import Worker

_ROOT = Path(__file__).resolve().parents[2]
_PACKAGE = "tools.probe_faults.ending"
_NEXT = "goes-on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What happened, how it was told, and how the probe behind it went."""

    what: str
    told: str
    after: str


def endings() -> tuple[Ending, ...]:
    """Let each of them happen in one batch, with a sound probe behind each."""
    probes = collect(_PACKAGE, Probe)
    device = Device(kind="cpu")
    lethal = [probe for name, probe in probes.items() if name != _NEXT]
    asked = [
        Question(probe=chosen, device=device)
        for probe in lethal
        for chosen in (probe, probes[_NEXT])
    ]
    results = list(ask_all(asked, None, package=_PACKAGE, start=_start))
    pairs = zip(lethal, results[::2], results[1::2], strict=True)
    return tuple(
        Ending(
            what=probe.title.rstrip("."),
            told=f"{told.outcome}: {told.reason}",
            after="passes" if after.outcome is Outcome.PASS else f"{after.outcome}",
        )
        for probe, told, after in pairs
    )


def _start(log: Path) -> Worker:
    return Worker("probing", log=log, environment={"PYTHONPATH": str(_ROOT)})
