"""The file a loader probe is asked about: its header as JSON values, never its path's content."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compat.core.model import Session

SUBJECT = "a model file (framegate identify --second-opinion FILE)"
"""What ``Needs.subject`` of these probes says."""

MOST_ELEMENTS = 1 << 62
"""torch counts elements and bytes in 64 signed bits; a header may claim any number."""

TORCH_DTYPES: Mapping[str, str] = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "I16": "int16", "U16": "uint16", "I32": "int32",
    "U32": "uint32", "I64": "int64", "U64": "uint64", "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu", "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz", "F16": "float16", "BF16": "bfloat16", "F32": "float32",
    "F64": "float64", "C64": "complex64",
}  # fmt: skip
"""Words of safetensors and their torch dtypes (safetensors 0.8, torch 2.13)."""

STAND_IN = "bfloat16"
"""For dtypes torch does not have, such as GGUF's blocks: detection looks at names and shapes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of a diffusers folder, as its index and its config.json describe it."""

    name: str
    library: str
    kind: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuestion:
    """What the parent read from a header, and what framegate calls it.

    ``tensors`` gives dtype word and shape (slowest dimension first) by name. ``id`` is "unknown"
    where framegate names nothing; ``mine`` lists ids of the kind that the file is in framegate's
    eyes, broken kin included. ``placed`` tells for which loaders framegate has a place, None where
    it knows of none at all. ``component`` stands for a part of a folder.
    """

    path: str
    format: str
    tensors: Mapping[str, tuple[str, tuple[int, ...]]]
    metadata: Mapping[str, str]
    id: str
    family: str
    role: str
    mine: tuple[str, ...] = ()
    placed: Mapping[str, bool] | None = None
    component: Component | None = None
    options: Mapping[str, str] = field(default_factory=dict)


def asked_about(session: Session) -> FileQuestion:
    """The file that came with the question; ends the probe as SKIP where none did."""
    material = session.material
    if not material:
        session.skip("it asks about a model file, and none was named")
    part = material.get("component")
    question = FileQuestion(
        path=str(material["path"]),
        format=str(material["format"]),
        tensors={name: (word, tuple(shape)) for name, (word, shape) in material["tensors"].items()},
        metadata=material.get("metadata", {}),
        id=str(material["id"]),
        family=str(material["family"]),
        role=str(material["role"]),
        mine=tuple(material.get("mine", ())),
        placed=material.get("placed"),
        component=Component(**part) if part else None,
        options=material.get("options", {}),
    )
    if (name := _too_large(question)) is not None:
        session.skip(f"tensor {name[:80]!a} claims more values than torch can count")
    return question


def meta_tensors(question: FileQuestion) -> dict[str, Any]:
    """Every tensor of the header on torch's meta device: names, shapes and dtypes, no memory."""
    import torch

    made: dict[str, Any] = {}
    for name, (word, shape) in question.tensors.items():
        dtype = getattr(torch, TORCH_DTYPES.get(word, STAND_IN), torch.bfloat16)
        made[name] = torch.empty(shape, dtype=dtype, device="meta")
    return made


def _too_large(question: FileQuestion) -> str | None:
    # Eight bytes is the widest dtype; the product is exact, Python's integers do not wrap.
    return next(
        (
            name
            for name, (_, shape) in question.tensors.items()
            if math.prod(max(side, 1) for side in shape) * 8 > MOST_ELEMENTS
        ),
        None,
    )
