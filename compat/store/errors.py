"""What can be wrong with an evidence store, said in sentences instead of SQLite's words."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from compat.core.errors import CompatError, ExitCode


class StoreError(CompatError):
    """The evidence store cannot be opened, read or written.

    It says nothing about a model or a clip, so it does not end as findings do.
    """

    exit_code = ExitCode.USAGE


class EventConflictError(StoreError):
    """The event's number is taken or leaves a gap: somebody else wrote to the same run."""


@contextlib.contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite raises inside the block into a :class:`StoreError` about ``path``."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise StoreError(f"the evidence store {path} refused a row: {error}") from error
    except sqlite3.OperationalError as error:
        raise _operational(path, error) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"the evidence store {path} is damaged: {error}",
            "move the file away and keep it for rescue; framegate starts a new one in its place",
        ) from error


def _operational(path: Path, error: sqlite3.OperationalError) -> StoreError:
    words = str(error)
    if "readonly" in words or "unable to open" in words:
        return StoreError(
            f"the evidence store {path} cannot be written: {words}",
            "make its folder writable, or point FRAMEGATE_HOME at one that is",
        )
    if "locked" in words or "busy" in words:
        return StoreError(
            f"the evidence store {path} stayed locked by another process",
            "let the other framegate process finish, or end it",
        )
    return StoreError(
        f"the evidence store {path} cannot be used: {words}",
        "check the free space and the permissions of its folder",
    )
