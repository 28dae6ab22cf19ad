"""Wan 2.1 in ComfyUI from a file with the fault that the cell's quantisation names."""

from dataclasses import replace
from pathlib import Path

from compat.core.model import Cell
from compat.core.probe import probe
from probes.renders.cell import NEEDS, ask
from probes.renders.loaders import comfyui
from probes.renders.loaders.loader import Job
from probes.renders.original_layout.registry import LAYOUTS
from probes.renders.tiny.wan_2_1 import MODEL

QUERY, KEY = (f"blocks.0.self_attn.{name}.weight" for name in "qk")


def swapped(state):
    return {**state, QUERY: state[KEY], KEY: state[QUERY]}


def rescaled(state):
    return {**state, "blocks.0.modulation": state["blocks.0.modulation"] * 1.5}


def dropped(state):
    return {name: value for name, value in state.items() if name != "blocks.1.cross_attn.o.bias"}


FAULTS = {fault.__name__: fault for fault in (swapped, rescaled, dropped)}


@probe(
    "faulty-wan",
    family="renders",
    needs=NEEDS,
    model=MODEL.family,
    cells=tuple(Cell(loader="comfyui", dtype="float32", quantisation=name) for name in FAULTS),
)
def faulty_wan(session):
    """A file with a fault renders something else."""
    layout = LAYOUTS[MODEL.family]
    rewrite, fault = layout.networks["transformer"], FAULTS[session.target.quantisation]
    LAYOUTS[MODEL.family] = replace(
        layout, networks={"transformer": lambda state: fault(rewrite(state))}
    )
    job = Job(tiny=MODEL, dtype="float32", scratch=Path(session.scratch), material=session.material)
    try:
        yield from ask(session, comfyui.LOADER, job)
    finally:
        LAYOUTS[MODEL.family] = layout
