"""The evidence store: what was probed, checked, decided and rendered; appended, never changed."""

import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from compat.core.codec import from_data, to_data
from compat.core.home import home
from compat.core.job import Event, GateDecision, Preflight
from compat.core.model import Environment, ProbeResult
from compat.store.errors import EventConflictError, StoreError, sqlite_errors
from compat.store.schema import connect

Noun = TypeVar("Noun")

FILE_NAME = "evidence.sqlite3"

_ENDINGS = {
    "run-finished": "finished",
    "run-stopped": "stopped",
    "run-interrupted": "interrupted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPreflight:
    """A preflight with when (UTC, ISO 8601) and on which environment fingerprint it was done."""

    preflight: Preflight
    environment: str
    recorded_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as its events tell it: first and last time stamp, last kind, number of events."""

    run: str
    started_at: str
    last_at: str
    last_kind: str
    events: int

    @property
    def state(self) -> str:
        """One of finished, stopped, interrupted, and unfinished: going on or killed."""
        return _ENDINGS.get(self.last_kind, "unfinished")


def default_path() -> Path:
    """Where the store stands when nobody says otherwise; see :func:`compat.core.home.home`."""
    return home() / FILE_NAME


class Store:
    """An open store; a context manager.

    Every ``record`` and ``append`` is on disk when it returns: a kill -9 or a power cut after it
    loses nothing, and one during it loses that one row. Failures raise :class:`StoreError`.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Wrap an open connection; use :meth:`open`."""
        self._connection = connection
        self.path = path

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """Open or create the store; without ``path`` the one in framegate's data folder."""
        place = path or default_path()
        return cls(connect(place), place)

    def close(self) -> None:
        """Close the file; a closed store cannot be used again."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def record_environment(self, environment: Environment) -> None:
        """Keep an environment; one with the same fingerprint is kept once."""
        self._insert(
            "INSERT OR IGNORE INTO environment (fingerprint, recorded_at, data) VALUES (?, ?, ?)",
            (environment.fingerprint, _now(), _as_json(environment)),
        )

    def record_result(self, result: ProbeResult) -> None:
        """Append what a probe said."""
        self._insert(
            "INSERT INTO result (probe, outcome, environment, recorded_at, data)"
            " VALUES (?, ?, ?, ?, ?)",
            (result.probe, result.outcome.value, result.environment, _now(), _as_json(result)),
        )

    def record_preflight(self, preflight: Preflight, *, environment: str = "") -> None:
        """Append a preflight with the fingerprint of the environment it was done on."""
        self._insert(
            "INSERT INTO preflight (fingerprint, environment, recorded_at, data)"
            " VALUES (?, ?, ?, ?)",
            (preflight.fingerprint, environment, _now(), _as_json(preflight)),
        )

    def record_decision(self, decision: GateDecision) -> None:
        """Append a decision of the gate; the latest one for a fingerprint counts."""
        self._insert(
            "INSERT INTO decision (fingerprint, state, recorded_at, data) VALUES (?, ?, ?, ?)",
            (decision.fingerprint, decision.state.value, _now(), _as_json(decision)),
        )

    def append(self, event: Event) -> None:
        """Append one event of a run; :class:`EventConflictError` where its number is not next."""
        values = (event.run, event.number, event.kind, event.at, _now(), _as_json(event.data))
        with sqlite_errors(self.path):
            try:
                self._connection.execute(
                    "INSERT INTO event (run, number, kind, at, recorded_at, data)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    values,
                )
            except sqlite3.IntegrityError as error:
                raise EventConflictError(
                    f"event {event.number} of run {event.run} is taken or leaves a gap",
                    "another process is writing to this run; let it finish, then resume",
                ) from error

    def environments(self) -> Mapping[str, Environment]:
        """Return every environment, keyed by fingerprint, oldest first."""
        rows = self._rows("SELECT fingerprint, data FROM environment ORDER BY rowid")
        return {key: self._noun(Environment, data) for key, data in rows}

    def results(self, environment: str | None = None) -> tuple[ProbeResult, ...]:
        """Return every probe result, oldest first; with a fingerprint those of that environment."""
        rows = self._rows(
            "SELECT data FROM result WHERE ?1 IS NULL OR environment = ?1 ORDER BY id", environment
        )
        return tuple(self._noun(ProbeResult, data) for (data,) in rows)

    def preflights(self) -> tuple[RecordedPreflight, ...]:
        """Return every preflight, oldest first."""
        rows = self._rows("SELECT data, environment, recorded_at FROM preflight ORDER BY id")
        return tuple(
            RecordedPreflight(
                preflight=self._noun(Preflight, data), environment=environment, recorded_at=at
            )
            for data, environment, at in rows
        )

    def decisions(self) -> tuple[GateDecision, ...]:
        """Return every decision of the gate, oldest first."""
        rows = self._rows("SELECT data FROM decision ORDER BY id")
        return tuple(self._noun(GateDecision, data) for (data,) in rows)

    def latest_decision(self, fingerprint: str) -> GateDecision | None:
        """Return the last decision for exactly this fingerprint; None where there is none."""
        rows = self._rows(
            "SELECT data FROM decision WHERE fingerprint = ? ORDER BY id DESC LIMIT 1", fingerprint
        )
        return next((self._noun(GateDecision, data) for (data,) in rows), None)

    def events(self, run: str) -> tuple[Event, ...]:
        """Return the events of a run in order; empty where the run is unknown."""
        rows = self._rows(
            "SELECT number, kind, at, data FROM event WHERE run = ? ORDER BY number", run
        )
        return tuple(
            Event(run=run, number=number, kind=kind, at=at, data=json.loads(data))
            for number, kind, at, data in rows
        )

    def runs(self) -> tuple[Run, ...]:
        """Return every run, oldest first."""
        rows = self._rows(
            "SELECT first.run, first.at, last.at, last.kind, last.number + 1"
            " FROM event AS first JOIN event AS last ON last.run = first.run"
            " AND last.number = (SELECT MAX(number) FROM event WHERE run = first.run)"
            " WHERE first.number = 0 ORDER BY first.id"
        )
        return tuple(
            Run(run=run, started_at=started, last_at=last, last_kind=kind, events=count)
            for run, started, last, kind, count in rows
        )

    def _insert(self, statement: str, values: tuple[object, ...]) -> None:
        with sqlite_errors(self.path):
            self._connection.execute(statement, values)

    def _rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with sqlite_errors(self.path):
            yield from self._connection.execute(query, values)

    def _noun(self, kind: type[Noun], data: str) -> Noun:
        try:
            return from_data(kind, json.loads(data))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise StoreError(
                f"the evidence store {self.path} holds a {kind.__name__} that this framegate "
                f"cannot read: {error}",
                "update framegate, or point FRAMEGATE_HOME at another folder",
            ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _as_json(value: object) -> str:
    # ASCII escapes carry lone surrogates (hostile file names) through SQLite's UTF-8.
    return json.dumps(_finite(to_data(value)), allow_nan=False, default=_plain)


def _finite(data: Any) -> Any:
    # JSON has no NaN, and "nan" as evidence says more than null.
    if isinstance(data, float) and not math.isfinite(data):
        return str(data)
    if isinstance(data, dict):
        return {key: _finite(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_finite(item) for item in data]
    return data


def _plain(value: object) -> object:
    # numpy scalars answer item(); whatever else came as evidence is kept as its text.
    item = getattr(value, "item", None)
    return _finite(item()) if callable(item) else str(value)
