"""Sorts evidence by machine: of each the newest environment is shown, the others are its past."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from compat.core.errors import UsageError
from compat.core.model import Environment, Outcome, ProbeResult
from reports.matrix.declared import Declared
from reports.matrix.model import Pool, Way
from reports.wording import count

_MachineKey = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The environment of a machine that is shown, with the evidence of all of them.

    ``elsewhere`` is the one that decides the cells that come with material: a ComfyUI often has an
    interpreter of its own. It is the same where nothing else is known.
    """

    environment: Environment
    elsewhere: Environment
    environments: Mapping[str, Environment]
    results: tuple[ProbeResult, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()


def setups(pools: Sequence[Pool], asked: Declared, environment: str = "") -> list[Setup]:
    """Return what to show: one setup per machine, in the order of the pools.

    Results about ``asked`` count. An environment that several pools hold is one; two machines of
    different pools stay apart, however alike they look. ``UsageError`` where ``environment``, the
    start of a fingerprint, fits none.
    """
    heap = _pooled(pools, {question.way.probe for question in asked.all})
    with_material = {question.way for question in asked.renders if question.cell.subject}
    groups: dict[_MachineKey, list[str]] = {}
    for fingerprint in heap.results:
        key = (heap.owners[fingerprint][0], *_machine(heap.environments[fingerprint]))
        groups.setdefault(key, []).append(fingerprint)
    found = [_setup(group, heap, with_material, environment) for group in groups.values()]
    if not environment:
        return found
    named = [s for s in found if s.environment.fingerprint.startswith(environment)]
    if not named:
        raise UsageError(
            f"there is no evidence from an environment {environment!r}",
            "framegate matrix names the environments it has evidence from",
        )
    return named


@dataclass(slots=True)
class _Heap:
    """All pools together: environments, their results and who brought them, by fingerprint."""

    environments: dict[str, Environment] = field(default_factory=dict)
    results: dict[str, list[ProbeResult]] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)


def _pooled(pools: Sequence[Pool], probes: Collection[str]) -> _Heap:
    heap, seen = _Heap(), set()
    for pool in pools:
        for one in pool.environments:
            _agree(heap.environments.setdefault(one.fingerprint, one), one, pool)
        for result in pool.results:
            if result.probe not in probes or result.environment not in heap.environments:
                continue
            owners = heap.owners.setdefault(result.environment, [])
            if pool.source not in owners:
                owners.append(pool.source)
            # A result that stands in two pools, word for word, was given once.
            if repr(result) not in seen:
                seen.add(repr(result))
                heap.results.setdefault(result.environment, []).append(result)
    return heap


def _agree(known: Environment, one: Environment, pool: Pool) -> None:
    if known != one:
        raise UsageError(
            f"{pool.source} describes environment {one.fingerprint[:12]!r} differently than "
            "another source does, so one of them is not what it says",
            "show them one at a time",
        )


def _machine(environment: Environment) -> _MachineKey:
    """What stays the same when software is updated, and in every interpreter of the machine."""
    system = environment.os.partition(" ")[0]
    processors = sorted(device.name for device in environment.devices if device.kind == "cpu")
    return (system, environment.machine, *processors)


def _setup(
    group: Sequence[str], heap: _Heap, with_material: Collection[Way], environment: str
) -> Setup:
    named = [one for one in group if environment and one.startswith(environment)]
    plain = {one: [r for r in heap.results[one] if way_of(r) not in with_material] for one in group}
    given = {
        one: [
            r
            for r in heap.results[one]
            if way_of(r) in with_material and r.outcome is not Outcome.SKIP
        ]
        for one in group
    }
    shown = (named or _by_time(plain) or _by_time(given) or list(group))[-1]
    elsewhere = (named or _by_time(given) or [shown])[-1]
    older = [
        one for one in reversed(_by_time(heap.results, group)) if one not in (shown, elsewhere)
    ]
    return Setup(
        environment=heap.environments[shown],
        elsewhere=heap.environments[elsewhere],
        environments={one: heap.environments[one] for one in group},
        results=tuple(result for one in group for result in heap.results[one]),
        sources=tuple(dict.fromkeys(name for one in group for name in heap.owners[one])),
        notes=tuple(
            f"more evidence of this machine: environment {one[:12]}, "
            f"{count(len(heap.results[one]), 'result')}; show it with --environment {one[:12]}"
            for one in older
        ),
    )


def _by_time(
    results: Mapping[str, Sequence[ProbeResult]], among: Collection[str] | None = None
) -> list[str]:
    """The environments that have results, the one with the newest last."""
    there = [one for one in results if results[one] and (among is None or one in among)]
    return sorted(there, key=lambda one: max(r.started_at for r in results[one]))


def way_of(result: ProbeResult) -> Way:
    """The way a result is about."""
    target = result.target
    return Way(
        family=target.model,
        loader=target.loader,
        dtype=target.dtype,
        quantisation=target.quantisation,
        probe=result.probe,
    )
