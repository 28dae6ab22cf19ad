"""Gathers everything that ``framegate doctor`` tells: one worker is asked, the rest is read."""

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compat.backends.environment import compose, package_versions, settings
from compat.backends.machine.disks import disks
from compat.backends.machine.hardware import Looking, hardware
from compat.backends.machine.installed import described, prefix_of
from compat.backends.machine.interpreters import other_interpreters
from compat.backends.machine.main_memory import main_memory
from compat.backends.machine.model import (
    Codecs,
    Disk,
    Hardware,
    Interpreter,
    Memory,
    TorchBuild,
)
from compat.backends.machine.video import program_codecs
from compat.core.codec import from_data
from compat.core.model import Environment
from compat.core.program import ask, on_path
from runners.environment import SECONDS, ask_environment
from runners.process import RemoteError, Worker, WorkerDiedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an interpreter said of itself.

    ``problem`` is why it could not be asked; the environment then holds only what its files tell.
    ``torch_problem`` is why torch is there and does not load; ``chips`` are those it has code for.
    """

    environment: Environment
    prefix: str
    executable: str
    torch: TorchBuild | None = None
    torch_problem: str = ""
    chips: tuple[str, ...] = ()
    codecs: Codecs = field(default_factory=lambda: Codecs(library="PyAV"))
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """Everything that was found; ``named`` says that the interpreter is not framegate's own."""

    asked: Asked
    hardware: Hardware
    memory: Memory
    disks: tuple[Disk, ...]
    ffmpeg: Codecs
    others: tuple[Interpreter, ...]
    named: bool = False


def check_up(
    *,
    python: Path | None,
    variables: Mapping[str, str],
    home: Path,
    folder: Path,
    places: Mapping[str, Path],
) -> Checkup:
    """Look at this machine and ask ``python``, or this interpreter.

    ``variables`` are the environment's, ``home`` the user's folder, ``folder`` the current one,
    ``places`` the folders whose disks matter. No interpreter is run beyond the one that is asked.
    """
    asked = ask_interpreter(python)
    own = Path(sys.prefix)
    known = (own, Path(asked.prefix), prefix_of(Path(asked.executable)))
    others = other_interpreters(variables=variables, home=home, folder=folder, known=known)
    framegate = described("framegate", own) if python is not None else None
    return Checkup(
        asked=asked,
        hardware=hardware(Looking(variables=variables)),
        memory=main_memory(),
        disks=disks(places),
        ffmpeg=program_codecs(on_path("ffmpeg", variables), ask),
        others=(framegate, *others) if framegate else others,
        named=python is not None,
    )


def ask_interpreter(python: Path | None) -> Asked:
    """Ask a worker in ``python`` or this interpreter; where it dies, say so and read its files."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "doctor.log"
        try:
            with Worker("probing", log=log, python=python) as worker:
                environment = ask_environment(worker)
                return _asked(environment, worker.call("surroundings", {}, seconds=SECONDS))
        except WorkerDiedError as exc:
            last = exc.crash.log_tail.strip().splitlines()[-1:]
            return _from_files(python, ": ".join([str(exc), *last]))
        except (RemoteError, OSError) as exc:
            return _from_files(python, str(exc))


def _asked(environment: Environment, said: Mapping[str, Any]) -> Asked:
    return Asked(
        environment=environment,
        prefix=said["prefix"],
        executable=said["executable"],
        torch=from_data(TorchBuild, said["torch"]) if said["torch"] else None,
        torch_problem=said["torch_problem"],
        chips=tuple(said["chips"]),
        codecs=from_data(Codecs, said["codecs"]),
    )


def _from_files(python: Path | None, problem: str) -> Asked:
    executable = python or Path(sys.executable)
    prefix = prefix_of(executable)
    found = described("named", prefix)
    # Only this interpreter's packages can be asked for without running another one.
    packages = (found.packages if found else {}) if python else package_versions()
    environment = compose(devices=(), versions=packages, settings=settings())
    return Asked(
        environment=environment,
        prefix=str(prefix),
        executable=str(executable),
        torch=found.torch if found else None,
        codecs=Codecs(library="PyAV", problem="the interpreter could not be asked"),
        problem=problem,
    )
