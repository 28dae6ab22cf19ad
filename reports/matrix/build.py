"""Builds the matrix from evidence; every cell that the probes declare is in it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from compat.core.model import Device, Environment, Probe, ProbeResult
from compat.knowledge.model import KnownFailure
from reports.matrix.cells import entry_of
from reports.matrix.declared import Declared, declared, is_asked_on, wanted_questions
from reports.matrix.model import Entry, Machine, Matrix, Pool, Question, Table, Wanted, Way
from reports.matrix.setups import Setup, setups
from reports.matrix.unanswered import device_of
from reports.wording import count

DEVICES = ("cpu", "cuda", "mps")
"""The kinds of devices that a render is asked on; MLX is told apart."""

_Key = tuple[str, Way]
_Said = Mapping[_Key, Mapping[str, Sequence[ProbeResult]]]
_Maker = Callable[[Iterable[Question], Device], tuple[Entry, ...]]


def build_matrix(
    pools: Sequence[Pool],
    probes: Iterable[Probe],
    failures: Sequence[KnownFailure],
    wanted: Wanted | None = None,
    environment: str = "",
) -> Matrix:
    """Put every declared cell of every machine together with the newest answer about it.

    ``environment`` is the start of a fingerprint: that environment is shown instead of the newest
    of its machine.
    """
    given = tuple(probes)
    asked = declared(given)
    chosen = setups(pools, {question.way.probe for question in asked.all}, environment)
    machines = [_machine(setup, asked, failures, wanted or Wanted()) for setup in chosen]
    return Matrix(
        machines=tuple(machines),
        titles={probe.id: probe.title for probe in given},
        notes=tuple(_notes(chosen, asked)),
    )


def _machine(
    setup: Setup, asked: Declared, failures: Sequence[KnownFailure], wanted: Wanted
) -> Machine:
    said = _said(setup)

    made: dict[_Key, Entry] = {}

    def entry(question: Question, device: Device) -> Entry:
        key = (_kind(device.kind), question.way)
        if key not in made:
            results = said.get(key, {})
            made[key] = entry_of(
                question, device, setup.environment, results, setup.environments, failures
            )
        return made[key]

    def entries(questions: Iterable[Question], device: Device) -> tuple[Entry, ...]:
        return tuple(entry(q, device) for q in questions if is_asked_on(q.probe, device.kind))

    devices = [device_of(kind, setup.environment.devices) for kind in _kinds(wanted)]
    renders = wanted_questions(asked.renders, wanted)
    tables = [Table(device=device, entries=entries(renders, device)) for device in devices]
    return Machine(
        environment=setup.environment,
        sources=setup.sources,
        tables=tuple(table for table in tables if table.entries),
        mlx=_mlx(setup.environment, asked, wanted, entries),
        loaders=_loaders(setup.environment, asked, wanted, entries),
    )


def _kinds(wanted: Wanted) -> tuple[str, ...]:
    return tuple(kind for kind in DEVICES if not wanted.devices or kind in wanted.devices)


def _mlx(
    environment: Environment, asked: Declared, wanted: Wanted, entries: _Maker
) -> Table | None:
    if wanted.families or wanted.loaders or wanted.dtypes:
        return None
    if wanted.devices and "mlx" not in wanted.devices:
        return None
    device = device_of("mlx", environment.devices)
    made = entries(asked.mlx, device)
    return Table(device=device, entries=made) if made else None


def _loaders(
    environment: Environment, asked: Declared, wanted: Wanted, entries: _Maker
) -> Mapping[str, tuple[Entry, ...]]:
    if wanted.families or wanted.dtypes:
        return {}
    kinds = [kind for kind in ("cpu", "mlx") if not wanted.devices or kind in wanted.devices]
    found: dict[str, tuple[Entry, ...]] = {}
    for loader, questions in asked.loaders.items():
        if wanted.loaders and loader not in wanted.loaders:
            continue
        devices = (device_of(kind, environment.devices) for kind in kinds)
        made = tuple(entry for device in devices for entry in entries(questions, device))
        if made:
            found[loader] = made
    return found


def _said(setup: Setup) -> _Said:
    """Results by device and way, then by environment, oldest first."""
    found: defaultdict[_Key, defaultdict[str, list[ProbeResult]]]
    found = defaultdict(lambda: defaultdict(list))
    for result in sorted(setup.results, key=lambda r: r.started_at):
        found[_kind(result.target.device), way_of(result)][result.environment].append(result)
    return found


def _kind(device: str) -> str:
    kind = device.partition(":")[0]
    return "cuda" if kind == "rocm" else kind


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


def _notes(chosen: Iterable[Setup], asked: Declared) -> list[str]:
    ways = {question.way for question in asked.all}
    notes = []
    for setup in chosen:
        foreign = sum(way_of(result) not in ways for result in setup.results)
        if foreign:
            notes.append(
                f"{', '.join(setup.sources)}: left out {count(foreign, 'result')} about cells "
                "that this framegate does not ask"
            )
        notes += setup.notes
    return notes
