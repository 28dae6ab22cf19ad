"""Wan 2.1 text to video: one expert."""

from probes.renders.tiny.model import Parts, TinyModel
from probes.renders.tiny.wan import around, inputs, transformer


def _parts() -> Parts:
    return {**around(), "transformer": transformer("wan")}


MODEL = TinyModel(family="wan-2.1", pipeline="WanPipeline", parts=_parts, inputs=inputs)
