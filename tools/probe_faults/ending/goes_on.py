"""A probe that has to find a sound process."""

from collections.abc import Iterator

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.torch_ops.torch_topk_many import torch_topk_many


@probe("goes-on", family="ending", needs=Needs(modules=("torch",)))
def goes_on(session: Session) -> Iterator[Finding]:
    """The process behind a fault is sound."""
    import torch

    session.measure("default dtype", str(torch.get_default_dtype()))
    yield from torch_topk_many.check(session)
