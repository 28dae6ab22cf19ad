"""Opening a store: new, old, newer, foreign, damaged, and by several processes at once."""

import contextlib
import os
import sqlite3
import subprocess
import sys

import pytest

from compat.core.job import Event
from compat.store import schema
from compat.store.errors import StoreError
from compat.store.store import Store, default_path

OPEN_AND_APPEND = """
import sys, time
from pathlib import Path
from compat.core.job import Event
from compat.store.store import Store
path, run, start = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
print("ready", flush=True)
while not start.exists():
    time.sleep(0.001)
with Store.open(path) as store:
    for number in range(5):
        store.append(Event(run=run, number=number, kind="window-denoised", at="now"))
"""

APPEND_UNTIL_KILLED = """
import sys
from pathlib import Path
from compat.core.job import Event
from compat.store.store import Store
with Store.open(Path(sys.argv[1])) as store:
    number = 0
    while True:
        store.append(Event(run="r", number=number, kind="k", at="now", data={"pad": "x" * 500}))
        print(number, flush=True)
        number += 1
"""


def start_script(script, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE
    )


def test_every_migration_is_one_transaction_that_sets_its_own_number():
    scripts = schema.migrations()
    assert list(scripts) == list(range(1, len(scripts) + 1))
    for number, script in scripts.items():
        statements = list(schema._statements(script))
        assert statements[0].rstrip().endswith("BEGIN IMMEDIATE;")
        assert statements[-2].split() == ["PRAGMA", "user_version", "=", f"{number};"]
        assert statements[-1].strip() == "COMMIT;"


def test_processes_that_open_a_new_store_at_the_same_time_all_write(tmp_path):
    path, start = tmp_path / "evidence.sqlite3", tmp_path / "start"
    children = [start_script(OPEN_AND_APPEND, path, f"run-{n}", start) for n in range(4)]
    for child in children:
        child.stdout.readline()
    start.touch()
    for child in children:
        child.communicate(timeout=60)
    assert [child.returncode for child in children] == [0, 0, 0, 0]
    with Store.open(path) as store:
        assert sorted((run.run, run.events) for run in store.runs()) == [
            (f"run-{n}", 5) for n in range(4)
        ]


def test_a_store_that_is_filled_while_it_is_looked_at_is_no_stranger(tmp_path):
    path = tmp_path / "evidence.sqlite3"
    looking = sqlite3.connect(path, isolation_level=None)
    filling = sqlite3.connect(path, isolation_level=None, timeout=0)

    def fill_between(statement):
        if "sqlite_master" in statement:
            with contextlib.suppress(sqlite3.OperationalError):
                schema._apply(filling, 1, schema.migrations()[1])

    looking.set_trace_callback(fill_between)
    schema._check_content(looking, path)
    assert not looking.in_transaction
    looking.close()
    filling.close()


def test_a_killed_writer_leaves_every_row_it_was_told_about(tmp_path):
    path = tmp_path / "evidence.sqlite3"
    child = start_script(APPEND_UNTIL_KILLED, path)
    acknowledged = -1
    while acknowledged < 30:
        acknowledged = int(child.stdout.readline())
    child.kill()
    rest = child.communicate()[0].split()
    acknowledged = int(rest[-1]) if rest else acknowledged
    with Store.open(path) as store:
        numbers = [event.number for event in store.events("r")]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > acknowledged
        store.append(Event(run="r", number=len(numbers), kind="k", at="now"))


def test_a_migration_that_another_process_finished_first_is_left_alone(tmp_path):
    path = tmp_path / "evidence.sqlite3"
    Store.open(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    schema._apply(connection, 1, schema.migrations()[1])
    assert not connection.in_transaction
    connection.close()


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path):
    connection = sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)
    script = "BEGIN IMMEDIATE;\nCREATE TABLE a (b);\nCREATE TABLE a (b);\nCOMMIT;\n"
    with pytest.raises(sqlite3.OperationalError):
        schema._apply(connection, 1, script)
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


def test_a_store_from_a_newer_framegate_is_refused(tmp_path):
    path = tmp_path / "evidence.sqlite3"
    Store.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match=r"by a newer framegate: it has schema 99") as caught:
        Store.open(path)
    assert "update framegate" in caught.value.remedy


def test_an_sqlite_file_of_another_program_is_refused_and_untouched(tmp_path):
    path = tmp_path / "evidence.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="SQLite file of another program"):
        Store.open(path)
    assert path.read_bytes() == before


def damaged_in_the_middle(whole):
    return whole[:1100] + b"\xff" * 3000 + whole[4100:]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda whole: b"<!DOCTYPE html>" + whole[15:], "is not an evidence store: it starts with"),
        (lambda whole: b"SQL", "is not an evidence store"),
        (lambda whole: whole[:5000], "is damaged"),
        (damaged_in_the_middle, "is damaged"),
        (lambda whole: whole[:16] + b"\xff" * (len(whole) - 16), "is damaged"),
    ],
    ids=["html", "three-bytes", "truncated", "middle", "all-but-magic"],
)
def test_a_damaged_file_is_refused_and_never_overwritten(tmp_path, damage, words):
    path = tmp_path / "evidence.sqlite3"
    Store.open(path).close()
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(StoreError, match=words) as caught:
        Store.open(path)
    assert path.read_bytes() == before
    assert "move the file away" in caught.value.remedy


def test_an_empty_file_becomes_a_store(tmp_path):
    path = tmp_path / "evidence.sqlite3"
    path.touch()
    with Store.open(path) as store:
        assert store.results() == ()


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="permissions do not bind root, and Windows folders have none of this kind",
)
def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="cannot be") as caught:
        Store.open(folder / "evidence.sqlite3")
    assert "FRAMEGATE_HOME" in caught.value.remedy


@pytest.mark.parametrize(
    "words",
    ["attempt to write a readonly database", "unable to open database file"],
)
def test_what_sqlite_says_about_a_read_only_folder_becomes_a_sentence(tmp_path, words, monkeypatch):
    def refuse(connection):
        raise sqlite3.OperationalError(words)

    monkeypatch.setattr(schema, "_migrate", refuse)
    with pytest.raises(StoreError, match=f"cannot be written: {words}") as caught:
        Store.open(tmp_path / "evidence.sqlite3")
    assert "FRAMEGATE_HOME" in caught.value.remedy


def test_a_file_where_the_folder_should_be_is_said_in_a_sentence(tmp_path):
    (tmp_path / "home").write_text("a file", "utf-8")
    with pytest.raises(StoreError, match="the folder of the evidence store"):
        Store.open(tmp_path / "home" / "evidence.sqlite3")


def test_a_folder_where_the_file_should_be_is_said_in_a_sentence(tmp_path):
    (tmp_path / "evidence.sqlite3").mkdir()
    with pytest.raises(StoreError, match="cannot be"):
        Store.open(tmp_path / "evidence.sqlite3")


def test_a_store_that_stays_locked_is_said_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.1)
    path = tmp_path / "evidence.sqlite3"
    Store.open(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with Store.open(path) as store, pytest.raises(StoreError, match="stayed locked"):
        store.append(Event(run="r", number=0, kind="k", at="now"))
    holder.close()


def test_the_store_stands_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FRAMEGATE_HOME", str(tmp_path / "home"))
    Store.open().close()
    assert default_path() == tmp_path / "home" / "evidence.sqlite3"
    assert default_path().exists()
