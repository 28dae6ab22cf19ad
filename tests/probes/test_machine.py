"""Room on disk and in memory is measured where it ends, containers and tmpfs included."""

import errno
import mmap
import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from compat.core.model import Outcome, Severity
from probes.machine import free_disk, free_memory, open_files, shared_memory
from probes.machine.in_memory import in_memory
from probes.machine.memory_room import Room, rooms

GIB = 1 << 30
MEMINFO = "MemTotal:       33554432 kB\nMemFree:  1 kB\nMemAvailable:   16777216 kB\n"
USAGE = namedtuple("USAGE", "total used free")  # noqa: PYI024 - as shutil has it


@pytest.mark.parametrize("name", ["free-disk", "free-memory", "open-files", "temp-folder"])
def test_this_machine_is_measured(ask, name):
    """How much room it has is not ours to say: a small machine is told, and nothing else is."""
    asked = ask(name)
    assert asked.measures
    told = {"disk-low", "memory-low", "temp-in-memory", "too-many-open-files"}
    assert asked.rules <= told, asked.text
    assert asked.outcome is not Outcome.ERROR, asked.reason


def machine(root, files):
    """Build a /proc and /sys out of texts."""
    for path, text in {"proc/meminfo": MEMINFO, "proc/self/cgroup": "0::/\n", **files}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def test_a_machine_without_a_container_has_its_own_limit(tmp_path):
    found = rooms(machine(tmp_path, {"sys/fs/cgroup/memory.current": "5"}))
    assert found == [Room(of="the machine", free=16 * GIB, limit=32 * GIB)]


def test_the_limit_of_a_container_is_found_and_files_in_its_cache_give_way(tmp_path):
    group = "sys/fs/cgroup/docker/abc/"
    files = {
        "proc/self/cgroup": "0::/docker/abc\n",
        group + "memory.max": str(4 * GIB),
        group + "memory.current": str(3 * GIB),
        group + "memory.stat": f"anon 1\ninactive_file {GIB}\n",
    }
    tightest = rooms(machine(tmp_path, files))[0]
    assert (tightest.of, tightest.free, tightest.limit) == (
        "the container (cgroup)", 2 * GIB, 4 * GIB,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cgroup", "folder"),
    [
        # A container with a namespace of its own sees its group as the root.
        ("0::/\n", "sys/fs/cgroup/"),
        ("0::/../other\n", "sys/fs/cgroup/"),
        # A limit on a group above counts too.
        ("0::/user.slice/app\n", "sys/fs/cgroup/user.slice/"),
    ],
)
def test_limits_above_and_around_are_found(tmp_path, cgroup, folder):
    files = {
        "proc/self/cgroup": cgroup,
        f"{folder}memory.max": str(GIB),
        f"{folder}memory.current": "0",
    }
    assert rooms(machine(tmp_path, files))[0].free == GIB


def test_an_older_kernel_names_its_files_otherwise(tmp_path):
    group = "sys/fs/cgroup/memory/docker/abc/"
    files = {
        "proc/self/cgroup": "9:cpu,memory:/docker/abc\n",
        group + "memory.limit_in_bytes": str(2 * GIB),
        group + "memory.usage_in_bytes": str(GIB),
    }
    assert rooms(machine(tmp_path, files))[0].free == GIB


@pytest.mark.parametrize("limit", ["max", "9223372036854771712", "", "nonsense"])
def test_no_limit_is_no_limit(tmp_path, limit):
    files = {"sys/fs/cgroup/memory.max": limit, "sys/fs/cgroup/memory.current": "5"}
    assert [room.of for room in rooms(machine(tmp_path, files))] == ["the machine"]


def test_a_system_that_tells_nothing_is_no_pass(ask, monkeypatch, tmp_path):
    assert rooms(tmp_path) == [] or sys.platform == "win32"
    monkeypatch.setattr(free_memory, "rooms", list)
    asked = ask("free-memory")
    assert asked.outcome is Outcome.SKIP
    assert "does not tell" in asked.reason


@pytest.mark.parametrize(
    ("free", "severity"),
    [
        pytest.param(GIB // 2, Severity.HIGH, marks=pytest.mark.proves("free-memory")),
        (3 * GIB, Severity.MEDIUM),
        (64 * GIB, None),
    ],
)
def test_too_little_memory_is_told_with_whose_limit_it_is(ask, monkeypatch, free, severity):
    container = Room(of="the container (cgroup)", free=free, limit=free)
    monkeypatch.setattr(free_memory, "rooms", lambda: [container])
    asked = ask("free-memory")
    assert [f.severity for f in asked.findings] == ([severity] if severity else [])
    if severity:
        assert "in the container (cgroup)" in asked.text


@pytest.mark.parametrize(
    ("free", "severity"),
    [
        pytest.param(GIB // 32, Severity.HIGH, marks=pytest.mark.proves("free-disk")),
        (2 * GIB, Severity.MEDIUM),
        (64 * GIB, None),
    ],
)
def test_too_little_disk_is_told(ask, monkeypatch, free, severity):
    monkeypatch.setattr(free_disk.shutil, "disk_usage", lambda _path: USAGE(1, 1, free))
    asked = ask("free-disk")
    assert max((f.severity.rank for f in asked.findings), default=None) == (
        severity.rank if severity else None
    )
    assert asked.outcome is (Outcome.FAIL if severity else Outcome.PASS)


def test_a_temporary_folder_in_memory_is_told_and_is_no_fault(ask, monkeypatch):
    monkeypatch.setattr(free_disk.shutil, "disk_usage", lambda _path: USAGE(1, 1, 64 * GIB))
    monkeypatch.setattr(free_disk, "in_memory", lambda _folder: True)
    asked = ask("free-disk")
    assert asked.outcome is Outcome.PASS
    assert asked.rules == {"temp-in-memory"}


@pytest.mark.parametrize(
    ("mounts", "expected"),
    [
        ("/dev/sda / ext4 rw 0 0\ntmpfs {here} tmpfs rw 0 0\n", True),
        ("/dev/sda / ext4 rw 0 0\n", False),
        ("/dev/sda / ext4 rw 0 0\ntmpfs /somewhere tmpfs rw 0 0\n", False),
        # The later of two mounts on one point is the one that is seen.
        ("tmpfs {here} tmpfs rw 0 0\n/dev/sda {here} xfs rw 0 0\n", False),
        ("not a line\n", None),
    ],
)
def test_folders_in_memory_are_found_in_the_table_of_mounts(tmp_path, mounts, expected):
    here = tmp_path / "with space"
    here.mkdir()
    point = str(here.resolve()).replace(" ", "\\040")
    root = machine(tmp_path / "root", {"proc/self/mounts": mounts.format(here=point)})
    assert in_memory(here, root) is expected


@pytest.mark.proves("temp-folder")
def test_a_file_system_that_cannot_map_files_is_seen(ask, monkeypatch):
    def refuse(*_arguments, **_options):
        raise OSError(errno.ENODEV, "No such device")

    monkeypatch.setattr(mmap, "mmap", refuse)
    asked = ask("temp-folder")
    assert asked.rules == {"temp-folder-refused"}
    assert "mapping a file into memory" in asked.text


def test_a_folder_that_loses_what_was_written_is_seen(ask, monkeypatch):
    monkeypatch.setattr(Path, "replace", lambda self, _target: self)
    asked = ask("temp-folder")
    assert asked.rules == {"temp-folder-wrong"}
    assert "replacing a file" in asked.text


@pytest.mark.proves("open-files")
def test_a_low_limit_of_open_files_is_seen(ask, monkeypatch):
    monkeypatch.setattr(open_files, "_WANTED", 20)
    assert ask("open-files").outcome is Outcome.PASS
    real = Path.open
    opened = []

    def limited(self, *arguments, **options):
        if len(opened) == 10:
            raise OSError(errno.EMFILE, "Too many open files")
        opened.append(self)
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", limited)
    asked = ask("open-files")
    assert asked.rules == {"too-many-open-files"}
    assert "10 files can be open at once, expected 20" in asked.text


@pytest.mark.proves("shared-memory")
def test_shared_memory_as_small_as_that_of_docker_is_told_before_it_kills(ask, monkeypatch):
    if not Path("/dev/shm").is_dir():  # noqa: S108 - where Linux keeps it
        pytest.skip("only Linux keeps shared memory in a folder")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: USAGE(1, 1, 64 << 20))
    asked = ask("shared-memory")
    assert asked.outcome is Outcome.PASS
    assert asked.rules == {"shared-memory-small"}
    assert "64 MiB are free in /dev/shm" in asked.text


def test_enough_shared_memory_passes_in_silence(ask, monkeypatch):
    monkeypatch.setattr(shared_memory, "_WANTED_MIB", 1)
    asked = ask("shared-memory")
    assert (asked.outcome, asked.findings) == (Outcome.PASS, [])
