"""Finds the declarations that stand in a package, one per file."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import TypeVar

Declared = TypeVar("Declared")


def collect(package: str, kind: type[Declared]) -> dict[str, Declared]:
    """Return every ``kind`` declared at module level below ``package``, keyed by its ``id``.

    A file holds at most one declaration of the kind and its id is the file's name in kebab-case;
    ``ValueError`` otherwise, and for an id that stands twice. Nothing is registered globally: the
    answer is a value, sorted by id.
    """
    found: dict[str, Declared] = {}
    for name in _module_names(package):
        module = importlib.import_module(name)
        declared = [value for value in vars(module).values() if isinstance(value, kind)]
        own = [value for value in declared if _id_of(value) == _id_from(name)]
        if declared and not own:
            raise ValueError(f"{name} declares {_id_of(declared[0])}, expected {_id_from(name)}")
        for value in own:
            if _id_of(value) in found:
                raise ValueError(f"{_id_of(value)} is declared twice, the second time in {name}")
            found[_id_of(value)] = value
    return dict(sorted(found.items()))


def _module_names(package: str) -> Iterator[str]:
    root = importlib.import_module(package)
    for info in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
        if not info.ispkg and not info.name.rpartition(".")[2].startswith("_"):
            yield info.name


def _id_from(module: str) -> str:
    return module.rpartition(".")[2].replace("_", "-")


def _id_of(value: object) -> str:
    return str(getattr(value, "id", ""))
