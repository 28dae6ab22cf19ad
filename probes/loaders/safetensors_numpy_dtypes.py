"""Every dtype of the safetensors format in the loader that fills numpy."""

from collections.abc import Iterator

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.loaders.safetensors_dtypes import dtypes_refused

# numpy has no such types (safetensors 0.8 fails on them with TypeError or AttributeError).
_NOT_IN_NUMPY = (
    "BF16", "F4", "F6_E2M3", "F6_E3M2", "F8_E5M2", "F8_E4M3", "F8_E5M2FNUZ", "F8_E4M3FNUZ",
    "F8_E8M0",
)  # fmt: skip


@probe(
    "safetensors-numpy-dtypes",
    family="loaders",
    needs=Needs(modules=("numpy", "safetensors.numpy")),
)
def safetensors_numpy_dtypes(session: Session) -> Iterator[Finding]:
    """The safetensors loader for numpy reads every dtype of the format.

    It cannot read bfloat16 and 8-bit floats, which nearly all video models are kept in, and
    ``safetensors.mlx`` goes through it. Load with torch, or with ``mx.load``, and convert.
    """
    from safetensors.numpy import load_file

    loader = "safetensors.numpy.load_file"
    yield from dtypes_refused(session, loader, load_file, known=_NOT_IN_NUMPY)
