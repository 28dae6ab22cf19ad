"""The parent side of a worker: starts it, calls it, and tells how it died.

Frameworks crash, hang and leak; in a child process they cost one answer instead of the program.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from compat.core import system
from compat.core.model import Crash

Progress = Callable[[Mapping[str, object]], None]

# How long a worker may take to leave after its stdin was closed, in seconds.
FAREWELL_SECONDS = 5.0
# How often a waiting call looks whether the worker still lives, in seconds; the usual sign of
# death is the end of its stdout, but a forked grandchild can hold that open.
HEARTBEAT_SECONDS = 0.25
# How long the last words of a dead child, or its exit status, may take to arrive, in seconds.
GRACE_SECONDS = 2.0
# How much of the log a crash carries, in bytes.
LOG_TAIL_BYTES = 4000

# Makes framegate's own packages importable in a foreign interpreter without showing it anything
# else that is installed beside them: its torch and numpy are what is being asked about.
# The current folder is taken off the path by hand: -P is refused before Python 3.11.
_FOREIGN_START = """
import sys
sys.path[:] = [entry for entry in sys.path if entry]
if sys.version_info < (3, 11):
    sys.exit("framegate asks interpreters from Python 3.11 on, this is " + sys.version.split()[0])
import importlib.machinery, runpy
root = sys.argv.pop(1)
class OwnPackages:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in ("compat", "probes", "runners"):
            return importlib.machinery.PathFinder.find_spec(name, [root])
sys.meta_path.insert(0, OwnPackages)
runpy.run_module("runners.worker", run_name="__main__", alter_sys=True)
"""


class WorkerDiedError(Exception):
    """The worker is gone; ``crash`` tells how, with the last words of its log."""

    def __init__(self, crash: Crash) -> None:
        """Say the crash's sentence."""
        super().__init__(crash.detail)
        self.crash = crash


class RemoteError(Exception):
    """The operation raised in the worker, which lives on.

    ``kind`` is the exception's class name, ``message`` its text, ``traceback`` the child's own and
    ``remedy`` what to do where the exception was a ``CompatError``.
    """

    def __init__(self, kind: str, message: str, traceback: str, remedy: str = "") -> None:
        """Keep the parts of the remote exception apart."""
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.traceback = traceback
        self.remedy = remedy


class Worker:
    """One child process with a role; a context manager, one call at a time.

    ``role`` names a module below ``runners.child``; ``log`` receives the child's stdout and stderr;
    ``python`` is another interpreter to run it in; ``environment`` adds to the parent's variables.
    """

    def __init__(
        self,
        role: str,
        *,
        log: Path,
        python: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start the child; ``OSError`` where the interpreter or the log cannot be opened."""
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._crash: Crash | None = None
        self._calls = 0
        self._oom_kills = system.oom_kills()
        with log.open("ab") as sink:
            self._log_start = sink.tell()
            self._process = system.start_process(
                _command(role, python),
                environment=_environment(python, environment),
                log=sink,
                folder=Path.cwd(),
            )
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._writer = _start(self._write, _pipe(self._process.stdin))
        self._reader = _start(self._read, _pipe(self._process.stdout))

    def __enter__(self) -> Self:
        """Use the worker until the block ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the worker."""
        self.close()

    @property
    def pid(self) -> int:
        """The process id of the child, also after its death."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child can still be called."""
        return self._crash is None and self._process.poll() is None

    def call(
        self,
        operation: str,
        arguments: Mapping[str, object],
        *,
        seconds: float | None = None,
        on_progress: Progress | None = None,
    ) -> dict[str, object]:
        """Run ``operation`` in the child and return its answer.

        ``on_progress`` is called in this thread for every progress message, also for those sent
        before a crash. Raises :class:`RemoteError` where the operation raised,
        :class:`WorkerDiedError` where the child died or gave no answer within ``seconds``, after
        which it and all it started are killed.
        """
        if self._crash is not None:
            raise WorkerDiedError(self._crash)
        self._calls += 1
        request = {"id": self._calls, "operation": operation, "arguments": arguments}
        self._requests.put(json.dumps(request).encode("ascii") + b"\n")
        deadline = None if seconds is None else time.monotonic() + seconds
        while (reply := self._next_reply(deadline)) is not None:
            if reply["id"] != self._calls:
                continue  # the late answer of a call that was interrupted in this process
            if reply["type"] == "progress":
                if on_progress is not None:
                    on_progress(reply["data"])
                continue
            return _outcome(reply)
        raise WorkerDiedError(self._bury(seconds))

    def close(self) -> None:
        """End the child: politely by closing its stdin, then by force."""
        self._requests.put(None)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(FAREWELL_SECONDS)
        self._stop()
        if self._crash is None:
            self._crash = Crash(kind="exit", detail="the worker was closed")

    def _next_reply(self, deadline: float | None) -> dict[str, Any] | None:
        """The next message, or None when the child is dead or the deadline has passed."""
        last_moment = deadline
        while True:
            try:
                return self._replies.get(timeout=_patience(last_moment))
            except queue.Empty:
                now = time.monotonic()
            if last_moment is not None and now >= last_moment:
                return None
            if self._process.poll() is not None:
                # What was sent just before death still arrives, then the reader says so; only a
                # forked grandchild that holds stdout open makes it fall silent instead.
                last_moment = _earlier(last_moment, now + GRACE_SECONDS)

    def _bury(self, seconds: float | None) -> Crash:
        """Make sure the child is dead and say what it died of."""
        if not self._reader.is_alive():
            # The end of stdout comes a moment before the exit status.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SECONDS)
        code = self._process.poll()
        self._stop()
        if code is not None:
            kind, detail = system.describe_exit(code)
            if "SIGKILL" in detail and system.oom_kills() > self._oom_kills:
                kind, detail = "oom", f"{detail} while the system was out of memory"
        elif seconds is None:
            kind, detail = "exit", "the worker closed its channel without ending"
        else:
            kind, detail = "timeout", f"the worker gave no answer within {seconds:g} s"
        self._crash = Crash(kind=kind, detail=detail, log_tail=self._log_tail())
        return self._crash

    def _stop(self) -> None:
        system.stop_tree(self._process)
        self._requests.put(None)
        for thread, pipe in (
            (self._writer, self._process.stdin),
            (self._reader, self._process.stdout),
        ):
            thread.join(FAREWELL_SECONDS)
            # Closing a pipe that a thread still reads would block for ever.
            if pipe is not None and not thread.is_alive():
                with contextlib.suppress(OSError):
                    pipe.close()

    def _log_tail(self) -> str:
        with self.log.open("rb") as handle:
            size = handle.seek(0, os.SEEK_END)
            handle.seek(max(self._log_start, size - LOG_TAIL_BYTES))
            return handle.read(LOG_TAIL_BYTES).decode("utf-8", "replace")

    def _write(self, stdin: IO[bytes]) -> None:
        # A thread of its own: a child that reads nothing would otherwise block the caller for
        # longer than its deadline.
        with contextlib.suppress(OSError):
            while (line := self._requests.get()) is not None:
                stdin.write(line)
                stdin.flush()
        with contextlib.suppress(OSError):
            stdin.close()

    def _read(self, stdout: IO[bytes]) -> None:
        for line in stdout:
            if (message := _parse(line)) is not None:
                self._replies.put(message)
        self._replies.put(None)


def _command(role: str, python: Path | None) -> list[str]:
    if python is None:
        return [sys.executable, "-P", "-m", "runners.worker", role]
    return [str(python), "-c", _FOREIGN_START, str(_root()), role]


def _root() -> Path:
    """The folder that holds framegate's packages."""
    return Path(__file__).resolve().parent.parent


def _environment(python: Path | None, added: Mapping[str, str] | None) -> dict[str, str]:
    variables = {**os.environ, **(added or {}), "PYTHONUTF8": "1"}
    if python is None:
        others = variables.get("PYTHONPATH")
        variables["PYTHONPATH"] = f"{_root()}{os.pathsep}{others}" if others else str(_root())
    return variables


def _start(target: Callable[[IO[bytes]], None], pipe: IO[bytes]) -> threading.Thread:
    thread = threading.Thread(target=target, args=(pipe,), daemon=True)
    thread.start()
    return thread


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("the worker was started without pipes")
    return stream


def _parse(line: bytes) -> dict[str, Any] | None:
    # An interpreter's start-up files may print before the worker takes stdout away from them.
    with contextlib.suppress(ValueError):
        message = json.loads(line)
        if isinstance(message, dict) and "id" in message and "type" in message:
            return message
    return None


def _earlier(first: float | None, second: float) -> float:
    return second if first is None else min(first, second)


def _patience(deadline: float | None) -> float:
    if deadline is None:
        return HEARTBEAT_SECONDS
    return max(0.0, min(HEARTBEAT_SECONDS, deadline - time.monotonic()))


def _outcome(reply: Mapping[str, Any]) -> dict[str, object]:
    if reply["type"] == "error":
        raise RemoteError(
            reply["kind"], reply["message"], reply["traceback"], reply.get("remedy", "")
        )
    result: dict[str, object] = reply["data"]
    return result
