"""Wan 2.2 A14B text to video: an expert for strong noise and one for weak."""

from functools import partial

from probes.renders.tiny.model import Parts, TinyModel
from probes.renders.tiny.wan import around, inputs, transformer


def _parts() -> Parts:
    return {
        **around(),
        "transformer": transformer("wan-high"),
        "transformer_2": transformer("wan-low"),
    }


MODEL = TinyModel(
    family="wan-2.2",
    pipeline="WanPipeline",
    parts=_parts,
    inputs=partial(inputs, steps=4),
    networks=("transformer", "transformer_2"),
    # As published for A14B.
    options={"boundary_ratio": 0.875},
)
