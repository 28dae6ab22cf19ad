"""What ``framegate matrix --format json`` prints: one result per cell, and one per table."""

from collections.abc import Iterator

from compat.cli.output import Result, print_json
from reports.matrix.counts import DEFINITION, share_of, states_of
from reports.matrix.model import Entry, Machine, Matrix, Table


def print_matrix_json(matrix: Matrix) -> None:
    """Print the one document: the cells of every machine and device, then what sums them up."""
    results = [result for machine in matrix.machines for result in _machine(machine)]
    print_json("matrix", results)


def _machine(machine: Machine) -> Iterator[Result]:
    for table in machine.tables:
        yield from (_cell(entry, table.device.kind) for entry in table.entries)
        yield _summary(table, machine)
    for entry in machine.beside:
        device = entry.result.target.device if entry.result else ""
        yield _cell(entry, device)


def _cell(entry: Entry, device: str) -> Result:
    way, result = entry.way, entry.result
    parts = [way.family or way.probe, way.loader, device, way.quantisation, way.dtype]
    said = {
        "probe": way.probe,
        "family": way.family,
        "loader": way.loader,
        "device": device,
        "dtype": way.dtype,
        "quantisation": way.quantisation,
        "sentence": entry.sentence,
        "outcome": result.outcome if result else None,
        "known": [failure.id for failure in entry.known],
        "notes": entry.notes,
        "environment": entry.environment.fingerprint,
        "at": result.started_at if result else None,
        "seconds": result.seconds if result else None,
        "earlier": [
            {
                "state": one.state,
                "at": one.at,
                "environment": one.environment.fingerprint if one.environment else None,
            }
            for one in entry.earlier
        ],
    }
    measures = dict(result.measures) if result else {}
    return Result(
        subject="/".join(filter(None, parts)),
        verdict=entry.state.value,
        findings=result.findings if result else (),
        measures={**said, "measured": measures},
    )


def _summary(table: Table, machine: Machine) -> Result:
    share = share_of([table])
    environment = machine.environment
    return Result(
        subject=table.device.kind,
        verdict="unavailable" if table.device.unavailable else "summary",
        measures={
            "states": {state.value: number for state, number in states_of(table.entries).items()},
            "executed": share.executed,
            "runnable": share.runnable,
            "definition": DEFINITION,
            "unavailable": table.device.unavailable,
            "environment": environment.fingerprint,
            "os": environment.os,
            "packages": dict(environment.packages),
            "sources": list(machine.sources),
        },
    )
