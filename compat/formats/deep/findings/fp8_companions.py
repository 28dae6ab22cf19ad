"""Finds the tensor that another tensor's weights are multiplied with."""

from compat.formats.deep.tensor_kind import WEIGHT_SCALES
from compat.formats.model import Header, TensorInfo


def companion_scale(header: Header, name: str) -> TensorInfo | None:
    """The scale of the weight called ``name``; None where the file has none."""
    stems = {name, name.removesuffix(".weight"), name.removesuffix("._data")}
    for stem in stems:
        for suffix in WEIGHT_SCALES:
            found = header.tensors.get(stem + suffix)
            if found is not None:
                return found
    return None


def scaled_weight(header: Header, name: str) -> TensorInfo | None:
    """The weight that the scale called ``name`` belongs to; None where the file has none."""
    for suffix in WEIGHT_SCALES:
        if name.endswith(suffix):
            stem = name.removesuffix(suffix)
            for weight in (f"{stem}.weight", f"{stem}._data", stem):
                if weight in header.tensors:
                    return header.tensors[weight]
    return None
