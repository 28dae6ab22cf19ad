"""Locks, atomic files and interrupts behave on this system."""

import signal
import subprocess
import sys

import pytest

from compat.core import system

HOLD = """
import sys, time
from pathlib import Path
from compat.core.system import exclusive_lock
with exclusive_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(path):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "held\n"
    return child


def test_only_what_a_killed_writer_left_is_cleared(tmp_path):
    kept = [tmp_path / name for name in ("a.mp4", ".b.x1_.part.mp4", ".a.part.mp4", "a.part.mp4")]
    half = tmp_path / ".a.x1_b.part.mp4"
    for path in (*kept, half):
        path.write_bytes(b"x")
    system.clear_leftovers(tmp_path / "a.mp4")
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_a_lock_held_elsewhere_is_refused_and_names_its_holder(tmp_path):
    child = holder(tmp_path / "lock")
    try:
        with (
            pytest.raises(system.LockedError, match=str(child.pid)),
            system.exclusive_lock(tmp_path / "lock"),
        ):
            pass
    finally:
        child.kill()
        child.communicate()


def test_a_lock_dies_with_its_holder(tmp_path):
    child = holder(tmp_path / "lock")
    child.kill()
    child.communicate()
    with system.exclusive_lock(tmp_path / "lock"):
        pass


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "a.txt"
    system.write_atomically(path, b"old")
    system.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert [left.name for left in tmp_path.iterdir()] == ["a.txt"]


def fail_half_way(path):
    with system.replacing(path) as temporary:
        temporary.write_bytes(b"ha")
        raise RuntimeError("power cut")


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError):
        fail_half_way(path)
    assert path.read_bytes() == b"old"
    assert [left.name for left in tmp_path.iterdir()] == ["a.mp4"]


def test_the_temporary_name_keeps_the_suffix_for_encoders(tmp_path):
    with system.replacing(tmp_path / "a.mp4") as temporary:
        assert temporary.suffix == ".mp4"
        temporary.write_bytes(b"x")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_the_first_interrupt_is_caught_and_the_second_interrupts():
    seen = []
    with system.on_interrupt(lambda: seen.append(1)):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert seen == [1]


@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        (-11, "signal", "SIGSEGV"),
        (-250, "signal", "signal 250"),
        (0xC0000005, "signal", "0xc0000005"),
        (3, "exit", "exit code 3"),
    ],
)
def test_an_exit_code_is_told_in_words(code, kind, word):
    found_kind, sentence = system.describe_exit(code)
    assert found_kind == kind
    assert word in sentence


LARGE_PARENT = """
import subprocess, sys
ballast = bytearray(b"x") * (300 << 20)
child = "from compat.core.system import own_peak_memory_bytes as peak; print(peak())"
print(subprocess.run([sys.executable, "-c", child], stdout=subprocess.PIPE).stdout.decode())
"""


def test_the_peak_of_a_small_child_is_its_own():
    done = subprocess.run([sys.executable, "-c", LARGE_PARENT], capture_output=True, check=True)
    assert int(done.stdout) < 200 << 20


def test_the_peak_stays_when_memory_is_given_back():
    ballast = bytearray(b"x") * (64 << 20)
    taken = system.own_peak_memory_bytes()
    assert taken > len(ballast)
    del ballast
    # The kernel adds up its counters of resident pages in batches.
    assert system.own_peak_memory_bytes() > taken - (4 << 20)
