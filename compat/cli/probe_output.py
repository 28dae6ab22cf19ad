"""What ``framegate probe`` writes: the list of probes, the results, and how far it has come."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from compat.cli.output import Result, print_findings, print_json
from compat.cli.progress_bar import ProgressBar
from compat.core.model import Environment, Outcome, Probe, ProbeResult, Target, Verdict

if TYPE_CHECKING:
    from compat.knowledge.model import KnownFailure
    from runners.batch import Question

Told = tuple[ProbeResult, Verdict]

_WORDS = {
    Verdict.OK: "ok",
    Verdict.KNOWN: "known",
    Verdict.NEW: "NEW",
    Verdict.STALE: "STALE",
    Verdict.UNDECIDED: "??",
}


class Watching(ProgressBar):
    """Shows how many of ``total`` questions are answered, and which one is asked."""

    def _columns(self) -> Sequence[Any]:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

        return (
            MofNCompleteColumn(),
            BarColumn(bar_width=24),
            TextColumn("{task.description}", markup=False),
        )

    def started(self, question: "Question") -> None:
        """Name the probe that is being asked."""
        if self._bar is not None:
            self._bar.update(self._task, description=title(question.probe.id, question.target))

    def finished(self, _result: ProbeResult) -> None:
        """Count one more."""
        if self._bar is not None:
            self._bar.advance(self._task)


def title(probe: str, target: Target) -> str:
    """Name a question in one line: the probe, the cell it is about, and the device."""
    cell = ", ".join(filter(None, [target.loader, target.dtype, target.quantisation]))
    return f"{probe} ({cell}) on {target.device}" if cell else f"{probe} on {target.device}"


def print_list(probes: Sequence[Probe], form: str) -> None:
    """Print the probes with what they claim and what they are for."""
    if form == "json":
        print_json("probe", [_listed(probe) for probe in probes])
        return
    for probe in probes:
        print(f"{probe.id:<33} {_places(probe):<14} {probe.title}")


def print_told(
    told: Sequence[Told], environment: Environment, form: str, *, seconds: float
) -> None:
    """Print the results, then what they come to; ``seconds`` is what the whole round took."""
    from compat.knowledge import known_failures, stale

    outdated = {
        id(result): stale(result, known_failures(), environment)
        for result, verdict in told
        if verdict is Verdict.STALE
    }
    if form == "json":
        items = [_result(r, verdict, outdated.get(id(r), ())) for r, verdict in told]
        print_json("probe", items)
        return
    absent = {device.kind: device.unavailable for device in environment.devices}
    unasked = Counter(r.target.device for r, _ in told if _was_not_there(r, absent))
    for result, verdict in told:
        if not _was_not_there(result, absent):
            _print_result(result, verdict)
            _print_stale(outdated.get(id(result), ()))
    for kind, count in unasked.items():
        print(f"??    skip  {count} questions on {kind}: {absent[kind]}")
    counts = Counter(verdict for _, verdict in told)
    print(", ".join(f"{counts[v]} {MEANINGS[v]}" for v in Verdict if counts[v]))
    print(times([result for result, _ in told], seconds))
    for device in environment.devices:
        if device.unavailable and device.kind not in unasked:
            print(f"not here: {device.kind}: {device.unavailable}")


def _was_not_there(result: ProbeResult, absent: Mapping[str, str]) -> bool:
    """Whether a question was skipped for its device alone, as are all others about that device."""
    return result.outcome is Outcome.SKIP and result.reason == absent.get(result.target.device)


def times(results: Sequence[ProbeResult], seconds: float) -> str:
    """Say in one line how long the round took, and which questions took longest."""
    asking = sum(result.seconds for result in results)
    slowest = sorted(results, key=lambda result: -result.seconds)[:SLOWEST]
    slow = [r for r in slowest if r.seconds >= 0.01]
    named = ", ".join(f"{title(r.probe, r.target)} {r.seconds:.2f} s" for r in slow)
    line = f"{len(results)} questions in {seconds:.1f} s, {asking:.1f} s of it in the probes"
    return f"{line}; slowest: {named}" if named else line


# As many as fit a line of a terminal.
SLOWEST = 3

MEANINGS = {
    Verdict.OK: "ok",
    Verdict.KNOWN: "fail as known",
    Verdict.NEW: "fail in a way that nobody knew",
    Verdict.STALE: "do not fail as they are known to",
    Verdict.UNDECIDED: "could not be answered",
}


def _print_result(result: ProbeResult, verdict: Verdict) -> None:
    reason = f"  {result.reason}" if result.reason else ""
    asked = title(result.probe, result.target)
    print(f"{_WORDS[verdict]:<5} {result.outcome:<5} {asked:<42} {result.seconds:6.2f} s{reason}")
    if verdict is not Verdict.OK:
        print_findings(result.findings, indent="      ")
    if result.crash is not None and result.crash.log_tail:
        last = result.crash.log_tail.strip().splitlines()[-1:]
        print("".join(f"      last words of the worker: {line}" for line in last))


def _print_stale(entries: Iterable["KnownFailure"]) -> None:
    """Name each entry that no longer holds, and say what that asks of whom."""
    for entry in entries:
        print(f"      the known failure {entry.id} did not happen: {entry.title}")
        print(
            "             what to do: nothing here, this is good news; update framegate, and where "
            f"the newest still knows {entry.id}, report it so that the entry gets its last version"
        )


def _result(
    result: ProbeResult, verdict: Verdict, outdated: Sequence["KnownFailure"] = ()
) -> Result:
    target = result.target
    cell = (
        ("model", target.model),
        ("loader", target.loader),
        ("dtype", target.dtype),
        ("quantisation", target.quantisation),
    )
    extra = {
        "probe": result.probe,
        "device": result.target.device,
        **{name: value for name, value in cell if value},
        "meaning": verdict.value,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "crash": result.crash.kind if result.crash else None,
        **({"stale_entries": [entry.id for entry in outdated]} if outdated else {}),
    }
    return Result(
        subject=f"{result.probe}@{result.target.device}",
        verdict=result.outcome.value,
        findings=result.findings,
        measures={**result.measures, **extra},
    )


def _listed(probe: Probe) -> Result:
    # Nothing was asked, and that is a skip in the words of this format.
    facts = {
        "family": probe.family,
        "title": probe.title,
        "doc": probe.doc,
        "devices": list(probe.needs.devices),
        "modules": list(probe.needs.modules),
        "subject": probe.needs.subject,
        "seconds": probe.needs.seconds,
        **({"model": probe.model, "cells": len(probe.cells)} if probe.cells else {}),
    }
    return Result(subject=probe.id, verdict=Outcome.SKIP.value, measures=facts)


def _places(probe: Probe) -> str:
    return " ".join(probe.needs.devices) or probe.needs.subject or "anywhere"
