"""A probe that is asked about every way of running a model."""

from compat.core.model import Cell, Needs
from compat.core.probe import probe


@probe(
    "has-cells",
    family="answers",
    needs=Needs(devices=("cpu", "cuda")),
    model="toy",
    cells=(
        Cell(loader="folder", dtype="float32"),
        Cell(loader="gguf", dtype="float16", quantisation="Q8_0", modules=("no_such_module",)),
        Cell(loader="comfyui", dtype="float16", subject="a ComfyUI folder"),
    ),
)
def has_cells(session):
    """It says which cell it was asked about."""
    target = session.target
    session.measure("asked", [target.model, target.loader, target.dtype, target.quantisation])
    session.measure("material", dict(session.material))
    yield from ()
