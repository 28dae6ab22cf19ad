"""Damaged zip checkpoints in torch's own loader."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.loaders.damaged import damaged_torch, opened_silently, sound_file_refused, torch_file


@probe(
    "torch-load-refuses-damage",
    family="loaders",
    needs=Needs(modules=("torch",)),
)
def torch_load_refuses_damage(session: Session) -> Iterator[Finding]:
    """torch.load refuses checkpoints that end too early or changed on the way.

    A ``.pt`` or ``.ckpt`` is a zip with a checksum for every tensor, and torch does not compare it
    (2.13): a bit that flipped on the disk is loaded without a word. ``framegate verify`` does
    compare; convert to safetensors and keep its hash.
    """
    import torch

    load = partial(torch.load, weights_only=True)
    whole = torch_file(Path(session.scratch))
    yield from sound_file_refused(session, "torch.load", load, whole, ".pt")
    yield from opened_silently(session, "torch.load", load, damaged_torch(whole), ".pt")
