"""An assertion of Metal ends the process."""

import os
from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.torch_ops.torch_topk_many import torch_topk_many
from tools.device_faults.bug import Bug, Call, broken_backend


def _abort(_call: Call) -> Any:
    os.abort()


@probe("aborts", family="ending", needs=Needs(modules=("torch",), seconds=30.0))
def aborts(session: Session) -> Iterator[Finding]:
    """topk ends the process by an assertion.

    MPS did for five axes (pytorch#154890).
    """
    bug = Bug(
        name="aborts",
        operations=("topk",),
        imitates="An assertion of Metal ends the process.",
        instead=_abort,
    )
    with broken_backend(bug, whole=False):
        yield from torch_topk_many.check(session)
