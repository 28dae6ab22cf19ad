"""Every dtype of the safetensors format in the loader that fills torch."""

from collections.abc import Iterator

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.loaders.safetensors_dtypes import dtypes_refused

# The format names them, and safetensors 0.8 says of them "Dtype not understood": torch has none.
_NOT_IN_TORCH = ("F6_E2M3", "F6_E3M2")


@probe(
    "safetensors-torch-dtypes",
    family="loaders",
    needs=Needs(modules=("torch", "safetensors.torch")),
)
def safetensors_torch_dtypes(session: Session) -> Iterator[Finding]:
    """The safetensors loader for torch reads every dtype of the format.

    Quantised checkpoints use 8-bit floats and scales that older versions of torch or safetensors
    do not know; the error then comes while the model is loaded. Update both. Nothing reads 6-bit
    floats yet.
    """
    from safetensors.torch import load_file

    yield from dtypes_refused(
        session, "safetensors.torch.load_file", load_file, known=_NOT_IN_TORCH
    )
