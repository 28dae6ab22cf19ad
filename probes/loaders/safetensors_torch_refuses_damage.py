"""Damaged safetensors files in the loader that fills torch."""

from collections.abc import Iterator

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.loaders.damaged import (
    corrupted_safetensors,
    opened_silently,
    safetensors_file,
    sound_file_refused,
    truncated_safetensors,
)

_LOADER = "safetensors.torch.load_file"
_SUFFIX = ".safetensors"


@probe(
    "safetensors-torch-refuses-damage",
    family="loaders",
    needs=Needs(modules=("torch", "safetensors.torch")),
)
def safetensors_torch_refuses_damage(session: Session) -> Iterator[Finding]:
    """The safetensors loader for torch refuses truncated and corrupted files.

    A loader that opens a broken checkpoint renders garbage hours later. The format holds no
    checksum, so a file of the right length full of zeros passes every loader: verify that with
    ``framegate verify``.
    """
    from safetensors.torch import load_file

    yield from sound_file_refused(session, _LOADER, load_file, safetensors_file(), _SUFFIX)
    cases = {**truncated_safetensors(), **corrupted_safetensors()}
    yield from opened_silently(session, _LOADER, load_file, cases, _SUFFIX)
