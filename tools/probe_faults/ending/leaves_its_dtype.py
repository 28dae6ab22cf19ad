"""A call leaves torch's default dtype changed."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.torch_ops.torch_topk_many import torch_topk_many
from tools.device_faults.bug import Bug, Call, broken_backend


def _change(_call: Call) -> Any:
    import torch

    torch.set_default_dtype(torch.float16)
    return None


@probe("leaves-its-dtype", family="ending", needs=Needs(modules=("torch",), seconds=30.0))
def leaves_its_dtype(session: Session) -> Iterator[Finding]:
    """topk leaves torch's default dtype changed.

    Custom nodes do.
    """
    bug = Bug(
        name="leaves-its-dtype",
        operations=("topk",),
        imitates="A call leaves torch's default dtype changed.",
        instead=_change,
    )
    with broken_backend(bug, whole=False):
        yield from torch_topk_many.check(session)
