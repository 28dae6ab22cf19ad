"""How many files this process may have open at once."""

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault

# Importing torch and diffusers opens few files for long, but a model in shards has each of them
# open while it is mapped, and data loaders and pipes come on top; macOS starts programs with 256.
_WANTED = 256


@probe("open-files", family="machine", needs=Needs())
def open_files(session: Session) -> Iterator[Finding]:
    """256 files can be open at once.

    Models in many shards, and ComfyUI with many node packs, fail with "Too many open files" where
    the limit is lower, as under macOS's launchd and in some containers. Raise it in the shell that
    starts the render: ``ulimit -n 4096``.
    """
    with contextlib.ExitStack() as opened:
        count, refusal = 0, ""
        for number in range(_WANTED):
            path = Path(session.scratch) / f"{number}"
            _, refusal = attempt(partial(_opened, opened, path))
            if refusal:
                break
            count += 1
    session.measure("files opened at once", count)
    if refusal:
        text = f"{count} files can be open at once, expected {_WANTED}: {refusal}"
        yield fault(
            session,
            "too-many-open-files",
            text,
            severity=Severity.MEDIUM,
            remedy="raise the limit before the render: ulimit -n 4096",
        )


def _opened(opened: contextlib.ExitStack, path: Path) -> object:
    return opened.enter_context(path.open("wb"))
