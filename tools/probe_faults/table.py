"""The table: each fault under each probe that can meet it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compat.core.model import Outcome, Probe, ProbeResult, Target, Verdict
from compat.knowledge import known_failures, verdict
from tools.device_faults.bug import Bug, broken_backend, operations_of
from tools.probe_faults.asking import Answer, Seen, ask, device_of, under
from tools.probe_faults.fault import Fault

_NOTHING = Bug(
    name="nothing", operations=("*",), imitates="a sound device", instead=lambda _call: None
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``seen`` holds what became of each fault under each probe, by names.

    ``sound`` is what each probe says without a fault; ``alarms`` names the probes that say anything
    that nobody knows then, or something else while a fault that does nothing is there.
    """

    probes: Mapping[str, Probe]
    faults: Mapping[str, Fault]
    sound: Mapping[str, Answer]
    alarms: tuple[str, ...]
    seen: Mapping[str, Mapping[str, Seen]] = field(default_factory=dict)

    def red(self, fault: str) -> tuple[str, ...]:
        """The probes that the fault turns red, the one with the fewest other reasons first."""
        caught = [probe for probe, seen in self.seen[fault].items() if seen is Seen.RED]
        return tuple(sorted(caught, key=lambda probe: (len(self.reasons(probe)), probe)))

    def told(self, fault: str) -> tuple[str, ...]:
        """The probes that tell the fault without being red: as an error, or as left behind."""
        other = (Seen.ERROR, Seen.LEFT)
        return tuple(probe for probe, seen in self.seen[fault].items() if seen in other)

    def reasons(self, probe: str) -> tuple[str, ...]:
        """The faults that turn the probe red."""
        return tuple(name for name, row in self.seen.items() if row.get(probe) is Seen.RED)

    def missed(self, fault: str) -> tuple[str, ...]:
        """The probes under which the fault acted and that said nothing of it."""
        return tuple(probe for probe, seen in self.seen[fault].items() if seen is Seen.MISSED)


def made(probes: Mapping[str, Probe], faults: Iterable[Fault]) -> Table:
    """Ask everything; takes a minute for the probes without diffusers on an idle core."""
    sound, operations, alarms = {}, {}, []
    for name, probe in probes.items():
        sound[name] = ask(probe)
        operations[name] = operations_of(lambda probe=probe: ask(probe))  # type: ignore[misc]
        with broken_backend(_NOTHING, whole=False):
            same = ask(probe) == sound[name]
        if not same or not _is_known(name, probe, sound[name]):
            alarms.append(name)
    named = {fault.name: fault for fault in faults}
    seen = {
        name: {
            probe: under(probes[probe], fault, sound[probe])
            for probe in probes
            if can_meet(fault, probe, operations[probe])
        }
        for name, fault in named.items()
    }
    return Table(probes=probes, faults=named, sound=sound, alarms=tuple(alarms), seen=seen)


def can_meet(fault: Fault, probe: str, operations: set[str]) -> bool:
    """Whether the probe does anything that the fault is in."""
    if fault.probes and probe not in fault.probes:
        return False
    return not fault.operations or "*" in fault.operations or bool({*fault.operations} & operations)


def _is_known(name: str, probe: Probe, answer: Answer) -> bool:
    from compat.core.model import Finding, Place, Severity

    if answer.outcome is not Outcome.FAIL:
        return answer.outcome is Outcome.PASS
    place = Place(kind="device", path=device_of(probe))
    findings = tuple(
        Finding(rule=rule, severity=Severity.MEDIUM, message=message, place=place)
        for rule, message in sorted(answer.said)
        if not message.startswith("the encoder")  # told as INFO
    )
    target = Target(device=device_of(probe))
    result = ProbeResult(probe=name, target=target, outcome=answer.outcome, findings=findings)
    return verdict(result, known_failures()) is Verdict.KNOWN
