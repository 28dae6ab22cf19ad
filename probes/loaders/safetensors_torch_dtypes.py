"""Every dtype of the safetensors format in the loader that fills torch."""

from collections.abc import Iterator

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.loaders.safetensors_dtypes import dtypes_refused


@probe(
    "safetensors-torch-dtypes",
    family="loaders",
    needs=Needs(modules=("torch", "safetensors.torch")),
)
def safetensors_torch_dtypes(session: Session) -> Iterator[Finding]:
    """The safetensors loader for torch reads every dtype of the format.

    Quantised checkpoints use 8-bit floats and scales that older versions of torch or safetensors
    do not know; the error then comes while the model is loaded. Update both.
    """
    from safetensors.torch import load_file

    yield from dtypes_refused(session, "safetensors.torch.load_file", load_file, known=())
