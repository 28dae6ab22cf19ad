import os
from pathlib import Path

from compat.core.model import Needs
from compat.core.probe import probe


@probe("tells-its-process", family="stub", needs=Needs())
def tells_its_process(session):
    """Tells its process."""
    session.measure("pid", os.getpid())
    session.measure("leak", os.environ.get("PYTORCH_LEAK", ""))
    session.measure(
        "scratch", [session.scratch, sorted(p.name for p in Path(session.scratch).iterdir())]
    )
    Path(session.scratch, "left").touch()
    yield from ()
