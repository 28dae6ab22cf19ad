"""A kernel reads past its memory."""

import ctypes
from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.torch_ops.torch_topk_many import torch_topk_many
from tools.device_faults.bug import Bug, Call, broken_backend


def _read(_call: Call) -> Any:
    ctypes.string_at(0)


@probe("segfaults", family="ending", needs=Needs(modules=("torch",), seconds=30.0))
def segfaults(session: Session) -> Iterator[Finding]:
    """topk reads past its memory.

    Kernels that count in 32 bits do.
    """
    bug = Bug(
        name="segfaults",
        operations=("topk",),
        imitates="A kernel reads past its memory.",
        instead=_read,
    )
    with broken_backend(bug, whole=False):
        yield from torch_topk_many.check(session)
