"""A kernel never returns."""

import time
from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.torch_ops.torch_topk_many import torch_topk_many
from tools.device_faults.bug import Bug, Call, broken_backend


def _wait(_call: Call) -> Any:
    time.sleep(600)


@probe("hangs", family="ending", needs=Needs(modules=("torch",), seconds=2.0))
def hangs(session: Session) -> Iterator[Finding]:
    """topk never returns.

    Drivers do after a reset.
    """
    bug = Bug(name="hangs", operations=("topk",), imitates="A kernel never returns.", instead=_wait)
    with broken_backend(bug, whole=False):
        yield from torch_topk_many.check(session)
