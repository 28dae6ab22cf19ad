"""Evidence as a file: written to be shared and committed, read as if an enemy had written it."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from compat.core.codec import from_data, to_data
from compat.core.errors import UsageError
from compat.core.model import Environment, Outcome, ProbeResult
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from reports.matrix.model import Pool
from reports.matrix.setups import way_of
from reports.wording import visible

SCHEMA = "framegate-evidence/1"

MOST_BYTES = 8 << 20
"""Largest file that is read; a result is about 600 bytes, a whole matrix a quarter of a MB."""

MOST_RESULTS = 3_000
"""Most results of one file: eight machines with a matrix of today's size."""

MOST_ENVIRONMENTS = 40
"""Most environments of one file: each may stand for a machine with a table per device."""

MOST_FINDINGS = 3_000
"""Most findings of one file; a render that failed has one or two."""

MOST_TEXT = 4_000
"""Characters of one text that are shared; tracebacks and logs keep their end, where errors are."""

_SCRATCH = re.compile(r"\btmp[a-z0-9_]{8}\b")
"""A name that Python's tempfile makes, another one every time; a shared file tells it once."""

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.+:Z-]{0,20}")


def evidence_text(pool: Pool, probes: Iterable[str], private: Mapping[str, str]) -> str:
    """Return the newest results of each cell and environment as JSON, one result a line.

    ``probes`` are those that are shared; ``private`` maps texts such as the home folder to what
    stands in their place. The same evidence gives the same text.
    """
    newest = _newest(pool.results, frozenset(probes))
    dates = {r.environment: r.started_at for r in sorted(newest, key=lambda r: r.started_at)}
    environments = set(sorted(dates, key=dates.__getitem__)[-MOST_ENVIRONMENTS:])
    shared = [result for result in newest if result.environment in environments]
    described = [e for e in pool.environments if e.fingerprint in environments]
    described.sort(key=lambda environment: environment.fingerprint)
    parts = [
        f'{{"schema": "{SCHEMA}",',
        '"environments": [',
        ",\n".join(_line(environment, private) for environment in described),
        '],\n"results": [',
        ",\n".join(_line(result, private) for result in shared),
        "]}",
    ]
    return "\n".join(parts) + "\n"


def read_evidence_file(path: Path) -> Pool:
    """Read a shared file; ``UsageError`` with what is wrong where it is not one."""
    try:
        return _pool(path, read_json_object(path, MOST_BYTES))
    except UnreadableJsonError as error:
        raise UsageError(
            f"{path} is not evidence that can be read: {visible(error)[:300]}",
            "make it with framegate matrix --export FILE",
        ) from error


def _pool(path: Path, data: Mapping[str, Any]) -> Pool:
    if data.get("schema") != SCHEMA:
        raise UnreadableJsonError(f"it does not say that it is {SCHEMA}")
    if unknown := sorted(set(data) - {"schema", "environments", "results"}):
        raise UnreadableJsonError(f"it holds {unknown[0]!r}, which nobody knows")
    environments = _nouns(Environment, data.get("environments"), "environment", MOST_ENVIRONMENTS)
    results = _nouns(ProbeResult, data.get("results"), "result", MOST_RESULTS)
    for result in results:
        if not _STAMP.fullmatch(result.started_at):
            raise UnreadableJsonError("a result has no date, so nobody could say which is newest")
        if not 0 <= result.seconds < 1e7:
            raise UnreadableJsonError("a result has a duration that no probe can take")
    if sum(len(result.findings) for result in results) > MOST_FINDINGS:
        raise UnreadableJsonError(f"it has more than {MOST_FINDINGS} findings")
    if len({e.fingerprint for e in environments}) != len(environments):
        raise UnreadableJsonError("an environment stands in it twice")
    known = {environment.fingerprint for environment in environments}
    if any(result.environment not in known for result in results):
        raise UnreadableJsonError("a result comes from an environment that is not described")
    return Pool(source=path.name, environments=environments, results=results)


def _nouns(kind: type[Any], data: object, name: str, most: int) -> tuple[Any, ...]:
    """Rebuild nouns, every field of the type that it is declared with."""
    if not isinstance(data, list) or len(data) > most:
        raise UnreadableJsonError(f"it has no list of at most {most} {name}s")
    try:
        # The codec refuses unknown keys, msgspec wrong types: neither does the other's work.
        for item in data:
            from_data(kind, item)
        return msgspec.convert(data, tuple[kind, ...])  # type: ignore[valid-type]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise UnreadableJsonError(f"{name}: {str(error)[:200]}") from error


def _newest(results: Sequence[ProbeResult], probes: frozenset[str]) -> list[ProbeResult]:
    newest: dict[object, ProbeResult] = {}
    for result in sorted(results, key=lambda r: r.started_at):
        if result.probe in probes and result.environment:
            key = (way_of(result), result.target.device, result.environment)
            # As in the matrix: an attempt that was skipped takes nothing away from an answer.
            if result.outcome is not Outcome.SKIP or key not in newest:
                newest[key] = result
    return sorted(newest.values(), key=lambda r: (r.probe, repr(r.target), r.environment))


def _line(noun: Environment | ProbeResult, private: Mapping[str, str]) -> str:
    data = _without_private(_finite(to_data(noun)), private)
    if isinstance(noun, ProbeResult):
        data = {key: value for key, value in data.items() if value not in ("", None, [], {})}
    return json.dumps(data, sort_keys=True)


def _without_private(data: Any, private: Mapping[str, str]) -> Any:
    if isinstance(data, str):
        data = _SCRATCH.sub("SCRATCH", data)
        for text, instead in private.items():
            # Not inside a longer name: a home in /home/ada says nothing about /home/adam.
            data = re.sub(rf"{re.escape(text)}(?![\w-])", instead, data)
        return data if len(data) <= MOST_TEXT else f"…{data[-MOST_TEXT:]}"
    if isinstance(data, dict):
        return {key: _without_private(item, private) for key, item in data.items()}
    return [_without_private(item, private) for item in data] if isinstance(data, list) else data


def _finite(data: Any) -> Any:
    """Infinite numbers as words, which JSON has none for."""
    if isinstance(data, float) and data - data != 0:
        return str(data)
    if isinstance(data, dict):
        return {key: _finite(item) for key, item in data.items()}
    return [_finite(item) for item in data] if isinstance(data, list) else data
