"""What differs between Linux, macOS and Windows: locks, signals, atomic files, process trees."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Any

from compat.core.cgroup import memory_limit

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class LockedError(Exception):
    """Another living process holds the lock; ``holder`` is its process id where it is known."""

    def __init__(self, path: Path, holder: str) -> None:
        """Name the lock file and who holds it."""
        super().__init__(f"{path} is held by process {holder or 'unknown'}")
        self.holder = holder


@contextlib.contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold ``path`` as a lock until the block ends; :class:`LockedError` where somebody has it.

    The operating system drops the lock when its process dies, kill -9 included, so no lock is ever
    stale. The file stays behind: removing it would race with the next holder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as handle:
        if not _try_lock(handle):
            raise LockedError(path, _holder_of(path))
        _note_holder(path)
        try:
            yield
        finally:
            _unlock(handle)


def _holder_note(path: Path) -> Path:
    # Windows refuses to read a locked byte range, so the holder's id stands in a file beside it.
    return path.with_name(f"{path.name}.pid")


def _note_holder(path: Path) -> None:
    _holder_note(path).write_text(str(os.getpid()), "ascii")


def _holder_of(path: Path) -> str:
    try:
        return _holder_note(path).read_text("ascii").strip()
    except OSError:
        return ""


def _try_lock(handle: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unlock(handle: IO[bytes]) -> None:
    if sys.platform == "win32":
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_UN)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` and move it into place when the block succeeds.

    The bytes are on disk before the name changes, so a reader sees the old file or the new one and
    never half of either; on an exception the temporary file is removed and ``path`` untouched. The
    temporary name keeps the suffix, because encoders choose their format by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.stem}.", suffix=f".part{path.suffix}"
    )
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        _flush_to_disk(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
        _flush_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def clear_leftovers(path: Path) -> None:
    """Remove what :func:`replacing` left beside ``path`` when its process was killed.

    Only for who holds the lock on ``path``: another writer's file would be taken away.
    """
    name = re.compile(re.escape(f".{path.stem}.") + r"\w+" + re.escape(f".part{path.suffix}"))
    if path.parent.is_dir():
        for other in path.parent.iterdir():
            if name.fullmatch(other.name):
                other.unlink(missing_ok=True)


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that no reader ever sees half of it."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def _flush_to_disk(path: Path) -> None:
    with path.open("r+b") as handle:
        os.fsync(handle.fileno())


def _flush_folder(folder: Path) -> None:
    # NTFS journals the rename itself and cannot open folders for fsync.
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def start_process(
    command: list[str], *, environment: dict[str, str], log: IO[bytes], folder: Path
) -> subprocess.Popen[bytes]:
    """Start a child with piped stdin and stdout, stderr into ``log``, in a group of its own.

    A group of its own keeps the terminal's Ctrl-C from killing a worker in the middle of a step:
    the parent decides when it ends, with :func:`stop_tree`.
    """
    options: dict[str, Any] = {}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        options["start_new_session"] = True
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment,
        cwd=folder,
        **options,
    )


def stop_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill ``process`` and everything it started, and wait until it is gone."""
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid).children(recursive=True)
        for child in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()
    _kill_group(process.pid)


def _kill_group(leader: int) -> None:
    # What a worker forked keeps its process group after the worker's own death, when it can no
    # longer be found as anybody's child; Windows has no such groups.
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def oom_kills() -> int:
    """How many processes the kernel has killed for want of memory since boot; 0 where unknown."""
    try:
        lines = Path("/proc/vmstat").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def describe_exit(code: int) -> tuple[str, str]:
    """Return (kind, sentence) for a child's exit code: kind is "signal" or "exit".

    Windows reports crashes as large exit codes (0xC0000005 is an access violation) and POSIX as
    negative signal numbers; both come out as "signal".
    """
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return "signal", f"the worker was killed by {name}"
    if code >= 0xC0000000:
        return "signal", f"the worker crashed with Windows status {code:#010x}"
    return "exit", f"the worker ended with exit code {code}"


@contextlib.contextmanager
def on_interrupt(action: Callable[[], None]) -> Iterator[None]:
    """Call ``action`` on the first SIGINT or SIGTERM inside the block; a second one interrupts.

    Outside the main thread signals cannot be caught and the block runs unchanged.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def handle(_number: int, _frame: FrameType | None) -> None:
        for number in previous:
            signal.signal(number, signal.default_int_handler)
        action()

    for number in previous:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def free_memory_bytes() -> int:
    """Memory that a new process could take without swapping, in bytes.

    In a container the kernel kills at the container's limit, whatever the machine has left.
    """
    import psutil

    free, limit = int(psutil.virtual_memory().available), memory_limit()
    return min(free, limit.free_bytes) if limit else free


def own_peak_memory_bytes() -> int:
    """Highest resident memory this process has had so far, in bytes."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    elif sys.platform == "linux":  # noqa: RET505 - the type checkers of three systems follow this
        return _high_water_mark_bytes()
    else:
        import resource

        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _high_water_mark_bytes() -> int:
    """VmHWM of proc(5), in KiB there.

    Not ``ru_maxrss``: on Linux it survives exec, so that a small child of a large process reports
    what its parent had (getrusage(2)).
    """
    status = Path("/proc/self/status").read_text("ascii", "replace")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
