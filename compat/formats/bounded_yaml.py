"""Reads YAML from untrusted files: small, plain, and without aliases that grow."""

from itertools import accumulate
from pathlib import Path
from typing import Any

LARGEST = 32 << 10
"""Bytes; LTX-Video's configs and extra_model_paths.yaml have some 2 KB, and the parser is slow."""

DEEPEST = 50
"""Open brackets inside each other; the parser takes time with the square of their number."""


class UnreadableYamlError(ValueError):
    """The bytes are no YAML that is safe to read; the sentence says why."""


def read_yaml_object(path: Path) -> dict[str, Any]:
    """Read the mapping in ``path`` as data, nothing executed; :class:`UnreadableYamlError` else.

    Aliases are refused: a few of them inside each other stand for more values than memory holds.
    """
    import yaml

    try:
        with path.open("rb") as handle:
            data = handle.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableYamlError(f"it cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise UnreadableYamlError(f"it is larger than {LARGEST} bytes")
    if _depth(data) > DEEPEST:
        raise UnreadableYamlError("it is nested too deeply")
    try:
        value = _parsed(data)
    except RecursionError as error:
        raise UnreadableYamlError("it is nested too deeply") from error
    except yaml.YAMLError as error:
        raise UnreadableYamlError(f"it is no YAML: {str(error)[:200]}") from error
    except UnreadableYamlError:
        raise
    except ValueError as error:  # a date or number that cannot be
        raise UnreadableYamlError(str(error)[:200]) from error
    if not isinstance(value, dict):
        raise UnreadableYamlError("it holds no mapping")
    return {str(key): item for key, item in value.items()}


def _depth(data: bytes) -> int:
    """Most brackets open at once, those in texts counted too: no config comes near the bound."""
    steps = ((letter in b"[{") - (letter in b"]}") for letter in data)
    return max(accumulate(steps), default=0)


def _parsed(data: bytes) -> Any:
    import yaml

    if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(data, yaml.SafeLoader)):
        raise UnreadableYamlError("it holds an alias, which no config needs")
    return yaml.safe_load(data)
