"""Asks an interpreter about itself and its devices, without importing a framework here."""

import tempfile
from pathlib import Path

from compat.core.codec import from_data
from compat.core.errors import NothingCheckedError, UsageError
from compat.core.model import Crash, Environment
from runners.process import Worker, WorkerDiedError

# The first import of torch and MLX from a cold disk takes up to about a minute.
SECONDS = 300.0


def ask_environment(worker: Worker) -> Environment:
    """Ask a living worker of the role ``probing``; raises ``WorkerDiedError`` where it dies."""
    return from_data(Environment, worker.call("environment", {}, seconds=SECONDS))


def this_environment(python: Path | None = None) -> Environment:
    """Ask a worker started for it, in ``python`` or this interpreter.

    Raises :class:`NothingCheckedError` where the frameworks kill the worker, and
    :class:`UsageError` where ``python`` cannot be started at all.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "environment.log"
        try:
            with Worker("probing", log=log, python=python) as worker:
                return ask_environment(worker)
        except WorkerDiedError as exc:
            raise NothingCheckedError(*_told(exc.crash)) from exc
        except OSError as exc:
            if python is None:
                raise
            reason = (exc.strerror or str(exc)).lower()
            raise UsageError(
                f"{python} cannot be started: {reason}", "name a Python interpreter"
            ) from exc


def _told(crash: Crash) -> tuple[str, str]:
    """The sentence and the remedy for a worker that did not live to say what is there."""
    last = "".join(crash.log_tail.strip().splitlines()[-1:])
    if crash.kind == "exit":
        # It ended by itself: too old, no Python at all, or without its own library.
        words = ": ".join(filter(None, [crash.detail, last]))
        return (
            f"the environment could not be read: {words}",
            "name a Python interpreter of version 3.11 or later that starts",
        )
    remedy = "; ".join(filter(None, ["import torch by hand to see the crash", last]))
    return f"the environment could not be read: {crash.detail}", remedy
