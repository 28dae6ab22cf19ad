"""The system ends the process for its memory."""

import os
import signal
from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.torch_ops.torch_topk_many import torch_topk_many
from tools.device_faults.bug import Bug, Call, broken_backend


def _kill(_call: Call) -> Any:
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows has no SIGKILL


@probe("is-killed", family="ending", needs=Needs(modules=("torch",), seconds=30.0))
def is_killed(session: Session) -> Iterator[Finding]:
    """The system kills the process for its memory.

    Linux does, and macOS (jetsam).
    """
    bug = Bug(
        name="is-killed",
        operations=("topk",),
        imitates="The system ends the process for its memory.",
        instead=_kill,
    )
    with broken_backend(bug, whole=False):
        yield from torch_topk_many.check(session)
