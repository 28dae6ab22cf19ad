"""The device's memory is full."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.torch_ops.torch_topk_many import torch_topk_many
from tools.device_faults.bug import Bug, Call, broken_backend


def _fail(_call: Call) -> Any:
    raise RuntimeError("MPS backend out of memory (MPS allocated: 18.10 GB)")


@probe("runs-out-of-memory", family="ending", needs=Needs(modules=("torch",), seconds=30.0))
def runs_out_of_memory(session: Session) -> Iterator[Finding]:
    """The device's memory is full.

    The error is torch's own; the process lives on.
    """
    bug = Bug(
        name="runs-out-of-memory",
        operations=("topk",),
        imitates="The device's memory is full.",
        instead=_fail,
    )
    with broken_backend(bug, whole=False):
        yield from torch_topk_many.check(session)
