"""The child side of a worker: ``python -P -m runners.worker ROLE``.

It reads one JSON request per line from stdin and answers with JSON lines on a private copy of
stdout. Whatever else writes to stdout or stderr (a framework's banner, a progress bar, a crash
report) ends in the log that the parent opened as stderr: an undrained pipe would block the work,
and the last words of a dead worker are evidence. Standard library only, so that a foreign
interpreter can run it.
"""

import contextlib
import faulthandler
import importlib
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import IO, Any

Emit = Callable[[dict[str, Any]], None]
Handler = Callable[[dict[str, Any], Emit], dict[str, Any]]

# How long the interpreter may take to shut down after the parent has gone, in seconds.
FAREWELL_SECONDS = 10.0
# The exit status of a worker whose parent went away in the middle of an operation.
ORPHANED = 70


class Replies:
    """The private channel to the parent; whole lines, safe to use from several threads."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Write to ``stream``, a binary file nobody else writes to."""
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: Mapping[str, object]) -> None:
        """Send one message; ``TypeError`` or ``ValueError`` where it is not JSON."""
        line = json.dumps(message).encode("ascii") + b"\n"
        with self._lock:
            self._stream.write(line)
            self._stream.flush()


def main(arguments: list[str]) -> int:
    """Serve the role named by the first argument until stdin ends."""
    # The terminal's Ctrl-C is for the parent, which decides when a worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, replies = _take_standard_streams()
    faulthandler.enable()
    handlers = load_role(arguments[0])
    _serve(_Inbox(requests), replies, handlers)
    return 0


def load_role(role: str) -> Mapping[str, Handler]:
    """Import ``runners.child.ROLE`` (or the module ``role`` itself, if dotted) for its HANDLERS."""
    module = importlib.import_module(role if "." in role else f"runners.child.{role}")
    handlers: Mapping[str, Handler] = module.HANDLERS
    return handlers


def _take_standard_streams() -> tuple[IO[bytes], Replies]:
    # Copies made by dup() are not inherited, so nothing a handler starts can hold the pipes open,
    # eat a request from stdin or garble an answer on stdout.
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - os.devnull is no place on disk
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, Replies(replies)


class _Inbox:
    """Reads requests in a thread, so that the parent's end is noticed in the middle of work."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._waiting: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._busy = threading.Event()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def next(self) -> dict[str, Any] | None:
        """The next request, or None when the parent has closed its end."""
        self._busy.clear()
        request = self._waiting.get()
        self._busy.set()
        return request

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._waiting.put(json.loads(line))
        if self._busy.is_set():
            os._exit(ORPHANED)
        self._waiting.put(None)
        # A framework's leftover thread must not keep an orphan alive through its shutdown.
        time.sleep(FAREWELL_SECONDS)
        os._exit(ORPHANED)


def _serve(inbox: _Inbox, replies: Replies, handlers: Mapping[str, Handler]) -> None:
    while (request := inbox.next()) is not None:
        number = request["id"]
        try:
            replies.send({"id": number, **_answer(request, replies, handlers)})
        except BrokenPipeError:
            os._exit(ORPHANED)
        except (TypeError, ValueError) as exc:
            # The operation returned something that JSON cannot carry.
            replies.send({"id": number, **_failure(exc)})


def _answer(
    request: dict[str, Any], replies: Replies, handlers: Mapping[str, Handler]
) -> dict[str, Any]:
    number = request["id"]

    def emit(data: dict[str, Any]) -> None:
        replies.send({"id": number, "type": "progress", "data": data})

    try:
        handler = handlers[request["operation"]]
    except KeyError:
        return _failure(LookupError(f"this worker has no operation {request['operation']!r}"))
    try:
        result = handler(request["arguments"], emit)
    except BaseException as exc:  # noqa: BLE001 - sys.exit() in an operation must not end the worker
        return _failure(exc)
    finally:
        _flush_own_output()
    return {"type": "result", "data": result}


def _failure(exc: BaseException) -> dict[str, Any]:
    return {
        "type": "error",
        "kind": type(exc).__name__,
        "message": str(exc),
        "remedy": str(getattr(exc, "remedy", "")),
        "traceback": "".join(traceback.format_exception(exc)),
    }


def _flush_own_output() -> None:
    # What Python still holds back would be missing from the log if the next step crashes.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
