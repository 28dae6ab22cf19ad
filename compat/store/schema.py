"""Opens the SQLite file of a store: checks what it is, then brings its schema up to date."""

import re
import sqlite3
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from compat.store.errors import StoreError, sqlite_errors

APPLICATION_ID = 1179075926
"""The number in the SQLite header that says "framegate evidence"; set by migration 1."""

BUSY_SECONDS = 30.0
"""How long one process waits for another's write; a write takes about 3 ms."""

# Every page of a file up to this size is checked at open (about 0.1 s); damage in a larger one is
# found when the damaged page is read.
QUICK_CHECK_BYTES = 32 * 2**20

# https://www.sqlite.org/fileformat.html, section 1.3
_MAGIC = b"SQLite format 3\x00"


def migrations() -> dict[int, str]:
    """Return the numbered SQL scripts, keyed by the schema version each one leads to."""
    found: dict[int, str] = {}
    for entry in resources.files("compat.store").joinpath("migrations").iterdir():
        if match := re.fullmatch(r"(\d{4})_[a-z_]+\.sql", entry.name):
            found[int(match.group(1))] = entry.read_text("utf-8")
    return dict(sorted(found.items()))


def connect(path: Path) -> sqlite3.Connection:
    """Open or create the store at ``path`` and bring its schema up to date.

    A file that is not a framegate store, is damaged, or comes from a newer framegate is refused
    with :class:`StoreError` before anything is written to it.
    """
    _check_sqlite_version()
    _prepare_folder(path)
    _check_magic(path)
    with sqlite_errors(path):
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        with sqlite_errors(path):
            _check_content(connection, path)
            _configure(connection)
            _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_sqlite_version() -> None:
    # STRICT tables came with 3.37 (2021-11).
    if sqlite3.sqlite_version_info < (3, 37):
        raise StoreError(
            f"this Python carries SQLite {sqlite3.sqlite_version}, the evidence store needs 3.37",
            "install a newer Python",
        )


def _prepare_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder of the evidence store, {path.parent}, cannot be made: {error.strerror}",
            "point FRAMEGATE_HOME at a folder that can be written",
        ) from error


def _check_magic(path: Path) -> None:
    try:
        with path.open("rb") as handle:
            start = handle.read(len(_MAGIC))
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(
            f"the evidence store {path} cannot be read: {error.strerror}",
            "point FRAMEGATE_HOME at a folder that can be written",
        ) from error
    # An empty file is what another process leaves between creating and filling a new store.
    if start and start != _MAGIC:
        raise StoreError(
            f"{path} is not an evidence store: it starts with {start!r}, expected {_MAGIC!r}",
            "move the file away; framegate starts a new store in its place",
        )


def _check_content(connection: sqlite3.Connection, path: Path) -> None:
    # One transaction sees one state; without it another process may fill the new file between two
    # of these reads, and the file would look like a stranger's.
    connection.execute("BEGIN")
    try:
        _check_state(connection, path)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _check_state(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    newest = max(migrations())
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if tables and application != APPLICATION_ID:
        raise StoreError(
            f"{path} is an SQLite file of another program, expected a framegate evidence store",
            "point FRAMEGATE_HOME at another folder",
        )
    if version > newest:
        raise StoreError(
            f"the evidence store {path} was written by a newer framegate: it has schema "
            f"{version}, this one knows up to {newest}",
            "update framegate, or point FRAMEGATE_HOME at another folder",
        )
    if path.stat().st_size <= QUICK_CHECK_BYTES:
        _check_pages(connection)


def _check_pages(connection: sqlite3.Connection) -> None:
    answer = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if answer != "ok":
        raise sqlite3.DatabaseError(answer)


def _configure(connection: sqlite3.Connection) -> None:
    _switch_to_wal(connection)
    # With FULL a committed event survives a power cut, not only a killed process.
    connection.execute("PRAGMA synchronous = FULL")
    # macOS only: plain fsync there leaves the bytes in the drive's cache.
    connection.execute("PRAGMA fullfsync = ON")
    # Without this REPLACE would delete rows behind the back of the append-only triggers.
    connection.execute("PRAGMA recursive_triggers = ON")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # The switch needs the file for itself and SQLite does not wait for that by the busy timeout.
    patience = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(0.02)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection) -> None:
    for number, script in migrations().items():
        if _version(connection) < number:
            _apply(connection, number, script)


def _apply(connection: sqlite3.Connection, number: int, script: str) -> None:
    # executescript would commit before BEGIN; statement by statement lets us look again once the
    # write lock is ours, because another process may have migrated while we waited for it.
    statements = _statements(script)
    try:
        connection.execute(next(statements))
        if _version(connection) >= number:
            connection.execute("ROLLBACK")
            return
        for statement in statements:
            connection.execute(statement)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    collected = ""
    for line in script.splitlines(keepends=True):
        collected += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(collected):
            yield collected
            collected = ""
