"""A worker answers, and tells what happened when it cannot."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from runners import process
from runners.process import RemoteError, Worker, WorkerDiedError

STUB = {"PYTHONPATH": str(Path(__file__).parent)}
ROLE = "worker_stub.handlers"
POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX signals and fork")


def start(folder, **options):
    return Worker(ROLE, log=folder / "worker.log", environment=STUB, **options)


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    with start(tmp_path_factory.mktemp("warm")) as worker:
        yield worker


@pytest.fixture
def fresh(tmp_path):
    with start(tmp_path) as worker:
        yield worker


def wait_until_gone(pid):
    for _ in range(100):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def test_a_call_returns_the_answer_of_the_operation(warm):
    assert warm.call("add", {"a": 2, "b": 3}, seconds=30) == {"sum": 5}


def test_progress_messages_arrive_in_order_before_the_answer(warm):
    seen = []
    warm.call("add", {"a": 2, "b": 3}, on_progress=seen.append)
    assert seen == [{"adding": [2, 3]}]


def test_an_exception_of_the_operation_arrives_and_the_worker_lives_on(warm):
    with pytest.raises(RemoteError, match="ValueError: no such layer") as caught:
        warm.call("fail", {"text": "no such layer"})
    assert caught.value.kind == "ValueError"
    assert "handlers.py" in caught.value.traceback
    assert warm.alive
    assert warm.call("add", {"a": 1, "b": 1}) == {"sum": 2}


@pytest.mark.parametrize(
    ("operation", "kind"), [("leave", "SystemExit"), ("unprintable", "TypeError")]
)
def test_an_operation_that_exits_or_answers_nonsense_does_not_end_the_worker(warm, operation, kind):
    with pytest.raises(RemoteError) as caught:
        warm.call(operation, {})
    assert caught.value.kind == kind
    assert warm.call("add", {"a": 1, "b": 1}) == {"sum": 2}


def test_an_operation_nobody_knows_is_a_remote_error(warm):
    with pytest.raises(RemoteError, match="no operation 'dance'"):
        warm.call("dance", {})


def test_a_flood_on_stdout_and_stderr_neither_blocks_nor_garbles_the_answer(warm):
    assert warm.call("flood", {"mib": 4}, seconds=60) == {"said": "all of it"}
    assert b"raw bytes on stdout" in warm.log.read_bytes()


def test_big_messages_travel_both_ways(warm):
    big = {"text": "é" * 3_000_000, "number": 0.1}
    seen = []
    assert warm.call("echo", big, on_progress=seen.append, seconds=60) == big
    assert seen == [big]


def test_the_operation_cannot_eat_requests_from_stdin(warm):
    assert warm.call("read_stdin", {}, seconds=30) == {"read": ""}


def test_the_worker_runs_apart_from_the_terminal_and_the_current_folder(tmp_path):
    with Worker(
        ROLE, log=tmp_path / "w.log", environment={**STUB, "FRAMEGATE_TEST": "set"}
    ) as worker:
        answer = worker.call("whoami", {})
        assert answer["pid"] == worker.pid
        assert answer == {
            "pid": worker.pid,
            "cwd_on_path": False,
            "variable": "set",
            "interrupt": True,
        }


def test_an_operation_over_its_time_is_killed_with_all_it_started(fresh):
    seen = []
    began = time.monotonic()
    with pytest.raises(WorkerDiedError) as caught:
        fresh.call("hang", {"with_child": True}, seconds=2.5, on_progress=seen.append)
    assert time.monotonic() - began < 8
    assert caught.value.crash.kind == "timeout"
    assert "2.5 s" in caught.value.crash.detail
    assert wait_until_gone(seen[1]["child"])
    assert not fresh.alive


def test_a_segmentation_fault_is_told_with_what_came_before(fresh):
    seen = []
    with pytest.raises(WorkerDiedError) as caught:
        fresh.call("crash", {}, seconds=60, on_progress=seen.append)
    assert seen == [{"state": "about to crash"}]
    assert caught.value.crash.kind == "signal"
    assert "last words" in caught.value.crash.log_tail
    if os.name == "posix":
        assert "SIGSEGV" in caught.value.crash.detail
        assert "Segmentation fault" in caught.value.crash.log_tail


def test_a_silent_exit_is_told_with_its_code_and_later_calls_say_it_again(fresh):
    for _ in range(2):
        with pytest.raises(WorkerDiedError, match="exit code 7") as caught:
            fresh.call("vanish", {}, seconds=60)
        assert caught.value.crash.kind == "exit"


@POSIX
def test_a_kill_from_outside_is_told_as_a_signal(fresh):
    with pytest.raises(WorkerDiedError, match="SIGKILL"):
        fresh.call("killed", {}, seconds=60)


@POSIX
def test_a_forked_grandchild_that_holds_the_pipe_does_not_hide_the_death(fresh):
    with pytest.raises(WorkerDiedError, match="exit code 7"):
        fresh.call("fork_and_vanish", {}, seconds=60)
    leftovers = [p.pid for p in psutil.process_iter() if _group_of(p.pid) == fresh.pid]
    assert all(wait_until_gone(pid) for pid in leftovers)


def _group_of(pid):
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def test_a_killed_memory_hog_is_told_as_out_of_memory(fresh, monkeypatch):
    counts = iter([5])
    monkeypatch.setattr("compat.core.system.oom_kills", lambda: next(counts))
    fresh._oom_kills = 4
    with pytest.raises(WorkerDiedError) as caught:
        fresh.call("killed", {}, seconds=60)
    assert caught.value.crash.kind == "oom"


def test_a_role_that_cannot_be_imported_dies_with_the_reason_in_the_log(tmp_path):
    with (
        Worker("no_such_role", log=tmp_path / "w.log") as worker,
        pytest.raises(WorkerDiedError) as caught,
    ):
        worker.call("add", {}, seconds=60)
    assert "no_such_role" in caught.value.crash.log_tail


def test_closing_ends_the_child(tmp_path):
    worker = start(tmp_path)
    worker.call("add", {"a": 1, "b": 1})
    worker.close()
    assert not worker.alive
    assert wait_until_gone(worker.pid)
    with pytest.raises(WorkerDiedError, match="closed"):
        worker.call("add", {"a": 1, "b": 1})


def test_an_abandoned_answer_is_not_taken_for_the_next_one(warm):
    def interrupt(_message):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        warm.call("add", {"a": 1, "b": 1}, on_progress=interrupt)
    assert warm.call("add", {"a": 20, "b": 22}) == {"sum": 42}


@pytest.mark.parametrize("busy", [False, True])
def test_a_worker_ends_when_its_parent_is_killed(tmp_path, busy):
    script = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from runners.process import Worker
        worker = Worker({ROLE!r}, log=Path(sys.argv[1]), environment={STUB!r})
        worker.call("add", {{"a": 1, "b": 1}})
        print(worker.pid, flush=True)
        worker.call("hang", {{}}) if {busy} else sys.stdin.read()
    """)
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "w.log")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=root,
    )
    with parent:
        child = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    assert wait_until_gone(child)


@POSIX
def test_an_interrupt_in_the_terminal_does_not_reach_the_child(fresh):
    fresh.call("add", {"a": 1, "b": 1}, seconds=30)
    os.kill(fresh.pid, signal.SIGINT)
    assert fresh.call("add", {"a": 1, "b": 1}, seconds=30) == {"sum": 2}


def test_a_foreign_interpreter_sees_framegate_but_not_what_is_installed_beside_it(tmp_path):
    with start(tmp_path, python=Path(sys.executable)) as worker:
        assert worker.call("add", {"a": 1, "b": 1}, seconds=30) == {"sum": 2}


def test_an_interpreter_that_is_too_old_says_so_in_one_line():
    old = f"import sys\nsys.version_info = (3, 10, 4)\n{process._FOREIGN_START}"
    done = subprocess.run(
        [sys.executable, "-c", old, "root"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("framegate asks interpreters from Python 3.11 on, this is ")
    assert len(done.stderr.splitlines()) == 1
