"""Which dtypes a device takes: as probes found it here, else as recorded facts have it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compat.backends.dtype_facts import Answer, takes
from compat.backends.known_bugs import KnownBug, bug_book
from compat.core.model import Device, Environment, Outcome, ProbeResult
from compat.core.versions import satisfies


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One thing a device may be able to do: how facts call it, and the probe that asks it.

    ``mark`` is what the probe's findings say where they are about this one alone.
    """

    name: str
    word: str
    what: str = "store"
    probe: str = ""
    mark: str = ""


ABILITIES = (
    Ability(name="bf16", word="BF16", probe="bf16-save-path"),
    Ability(name="fp16", word="F16"),
    Ability(name="f64", word="F64", probe="float64"),
    Ability(name="c64", word="C64", probe="torch-complex-rotary"),
    Ability(name="c128", word="C128", probe="complex128"),
    Ability(name="e4m3", word="F8_E4M3", probe="fp8-storage", mark="e4m3"),
    Ability(name="e5m2", word="F8_E5M2", probe="fp8-storage", mark="e5m2"),
    Ability(name="fp8-mm", word="F8_E4M3", what="scaled-mm", probe="fp8-scaled-matmul"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Able:
    """An answer: yes, no, wrong, raw, slow, depends or unknown, and how it is known.

    ``basis`` is probed (by the probe, in this very environment), facts, or "" for unknown.
    """

    answer: str
    basis: str = ""
    source: str = ""


def abilities(
    device: Device, environment: Environment, results: Iterable[ProbeResult] = ()
) -> Mapping[str, Able]:
    """The answer for each of :data:`ABILITIES`; ``results`` of other environments do not count."""
    latest = {
        result.probe: result
        for result in results
        if result.environment == environment.fingerprint
        and result.target.device == device.kind
        and result.outcome in (Outcome.PASS, Outcome.FAIL)
    }
    return {
        ability.name: _probed(ability, latest) or _recorded(ability, device, environment)
        for ability in ABILITIES
    }


def _probed(ability: Ability, latest: Mapping[str, ProbeResult]) -> Able | None:
    result = latest.get(ability.probe)
    if result is None:
        return None
    about = [f for f in result.findings if not ability.mark or ability.mark in f.message]
    source = f"probe {ability.probe} at {result.started_at}"
    if not about:
        return Able(answer="yes", basis="probed", source=source)
    refused = any(finding.rule.endswith("-refused") for finding in about)
    return Able(answer="no" if refused else "wrong", basis="probed", source=source)


def _recorded(ability: Ability, device: Device, environment: Environment) -> Able:
    known = takes(
        device.kind,
        ability.word,
        what=ability.what,
        versions=environment.packages,
        capability=compute_capability(device),
    )
    if known.answer is Answer.UNKNOWN:
        return Able(answer="unknown")
    fault = _known_fault(ability.word, device, environment)
    if known.answer is Answer.YES and fault is not None:
        answer = Answer.SLOW if fault.ends == "slow" else Answer.NO
        return Able(answer=answer.value, basis="facts", source=fault.source)
    return Able(answer=known.answer.value, basis="facts", source=known.source)


def _known_fault(word: str, device: Device, environment: Environment) -> KnownBug | None:
    """A recorded fault of the dtype as such, at every size and in every operation that matters."""
    capability = compute_capability(device)
    given = {
        "torch": environment.packages.get("torch", ""),
        "macos": environment.packages.get("macos", ""),
        "capability": "" if capability is None else str(capability),
    }
    for bug in bug_book().bugs:
        if (bug.device, bug.measure) == (device.kind, "any") and word in bug.dtypes:
            ranges = {"torch": bug.torch, "macos": bug.macos, "capability": bug.capability}
            if all(satisfies(given[key], text) for key, text in ranges.items() if text):
                return bug
    return None


def compute_capability(device: Device) -> float | None:
    """8.9 for a card that is sm_89, 12.0 for sm_120; None for what has no such number."""
    digits = device.capability.removeprefix("sm_")
    if device.kind != "cuda" or not digits.isdigit() or len(digits) < 2:
        return None
    return int(digits[:-1]) + int(digits[-1]) / 10
