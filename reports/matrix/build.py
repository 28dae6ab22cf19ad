"""Builds the matrix from evidence; every cell that the probes declare is in it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from compat.core.model import Device, Environment, Probe, ProbeResult
from compat.knowledge.model import KnownFailure
from reports.matrix.cells import entry_of
from reports.matrix.declared import Declared, declared, is_asked_on, wanted_questions
from reports.matrix.model import Entry, Machine, Matrix, Pool, Question, Table, Wanted, Way
from reports.matrix.setups import Setup, setups, way_of
from reports.matrix.unanswered import device_of
from reports.wording import count

DEVICES = ("cpu", "cuda", "mps")
"""The kinds of devices that a render is asked on; MLX is told apart."""

_Key = tuple[str, Way]
_Said = Mapping[_Key, Mapping[str, Sequence[ProbeResult]]]
_Maker = Callable[[Iterable[Question], str], tuple[Entry, ...]]


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
    chosen = setups(pools, asked, environment)
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

    def entry(question: Question, kind: str) -> Entry:
        key = (_kind(kind), question.way)
        if key not in made:
            environment = setup.elsewhere if question.cell.subject else setup.environment
            device = device_of(_kind(kind), environment.devices)
            results = said.get(key, {})
            made[key] = entry_of(
                question, device, environment, results, setup.environments, failures
            )
        return made[key]

    def entries(questions: Iterable[Question], kind: str) -> tuple[Entry, ...]:
        return tuple(entry(q, kind) for q in questions if is_asked_on(q.probe, kind))

    renders = wanted_questions(asked.renders, wanted)
    tables = [
        Table(device=_device(kind, setup), entries=entries(renders, kind))
        for kind in _kinds(wanted)
    ]
    other = setup.elsewhere if setup.elsewhere is not setup.environment else None
    return Machine(
        environment=setup.environment,
        sources=setup.sources,
        tables=tuple(table for table in tables if table.entries),
        elsewhere=other,
        mlx=_mlx(setup.environment, asked, wanted, entries),
        loaders=_loaders(asked, wanted, entries),
    )


def _device(kind: str, setup: Setup) -> Device:
    """The device as the shown environment has it, or the other one where only that can use it."""
    both = [device_of(kind, one.devices) for one in (setup.environment, setup.elsewhere)]
    return next((device for device in both if not device.unavailable), both[0])


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
    made = entries(asked.mlx, "mlx")
    return Table(device=device, entries=made) if made else None


def _loaders(asked: Declared, wanted: Wanted, entries: _Maker) -> Mapping[str, tuple[Entry, ...]]:
    if wanted.families or wanted.dtypes:
        return {}
    kinds = [kind for kind in ("cpu", "mlx") if not wanted.devices or kind in wanted.devices]
    found: dict[str, tuple[Entry, ...]] = {}
    for loader, questions in asked.loaders.items():
        if wanted.loaders and loader not in wanted.loaders:
            continue
        made = tuple(entry for kind in kinds for entry in entries(questions, kind))
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
