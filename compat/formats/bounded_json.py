"""Reads JSON from untrusted files: bounded in bytes, values, depth and number length."""

import json
from pathlib import Path
from typing import Any, NoReturn

CONFIG_BYTES = 64 << 20
"""Largest JSON file beside the weights that is read; the largest tokenizer.json are 33 MB."""

MOST_VALUES = 2_000_000
"""A safetensors entry holds about ten values; the largest published headers hold 60,000 entries.
More would cost a hostile file's reader gigabytes of small objects."""


class UnreadableJsonError(ValueError):
    """The bytes are no JSON that is safe to read; the sentence says why."""


def parse_json(data: bytes, *, constants: bool = False) -> Any:
    """Parse UTF-8 JSON; :class:`UnreadableJsonError` for anything else, however it is broken.

    A key with two values is refused: readers differ in which of the two they take. NaN and Infinity
    are refused, as JSON has no such words; with ``constants``, for files that Python's own writers
    made, they are read as None, so that no reader has to think of numbers without end.
    """
    values = sum(data.count(mark) for mark in (b",", b"{", b"["))
    if values > MOST_VALUES:
        raise UnreadableJsonError(f"it holds about {values} values, more than {MOST_VALUES}")
    constant = _no_number if constants else _refuse_constant
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=constant)
    except RecursionError as error:
        raise UnreadableJsonError("it is nested too deeply") from error
    except UnreadableJsonError:
        raise
    except ValueError as error:  # covers bad UTF-8, bad JSON and numbers of thousands of digits
        raise UnreadableJsonError(str(error)[:200]) from error


def read_json_object(path: Path, most_bytes: int = CONFIG_BYTES) -> dict[str, Any]:
    """Read the JSON object in ``path``; :class:`UnreadableJsonError` where there is none.

    The words for infinite numbers are taken: diffusers writes ``"lambda_min_clipped": -Infinity``
    into the scheduler_config.json of every DPMSolverMultistepScheduler (0.42.1), and reads it back.
    """
    if path.exists() and not path.is_file():  # a pipe would wait for ever
        raise UnreadableJsonError("it is no regular file")
    try:
        with path.open("rb") as handle:
            data = handle.read(most_bytes + 1)
    except OSError as error:
        raise UnreadableJsonError(f"it cannot be read: {error.strerror or error}") from error
    if len(data) > most_bytes:
        raise UnreadableJsonError(f"it is larger than {most_bytes} bytes")
    value = parse_json(data, constants=True)
    if not isinstance(value, dict):
        raise UnreadableJsonError("it holds no JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise UnreadableJsonError("one key stands twice in the same object, with two values")
        found[key] = value
    return found


def _no_number(_word: str) -> None:
    return None


def _refuse_constant(word: str) -> NoReturn:
    raise UnreadableJsonError(f"{word} is not JSON")
