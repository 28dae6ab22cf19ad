"""Asks an interpreter about itself and its devices, without importing a framework here."""

import tempfile
from pathlib import Path

from compat.core.codec import from_data
from compat.core.errors import NothingCheckedError
from compat.core.model import Environment
from runners.process import Worker, WorkerDiedError

# The first import of torch and MLX from a cold disk takes up to about a minute.
SECONDS = 300.0


def ask_environment(worker: Worker) -> Environment:
    """Ask a living worker of the role ``probing``; raises ``WorkerDiedError`` where it dies."""
    return from_data(Environment, worker.call("environment", {}, seconds=SECONDS))


def this_environment(python: Path | None = None) -> Environment:
    """Ask a worker started for it, in ``python`` or this interpreter.

    Raises :class:`NothingCheckedError` where the frameworks kill the worker.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "environment.log"
        try:
            with Worker("probing", log=log, python=python) as worker:
                return ask_environment(worker)
        except WorkerDiedError as exc:
            tail = exc.crash.log_tail.strip().splitlines()
            raise NothingCheckedError(
                f"the environment could not be read: {exc}",
                "; ".join(["import torch by hand to see the crash", *tail[-1:]]),
            ) from exc
