"""Resizing pictures, down with antialiasing too."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-resize-bilinear",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_resize_bilinear(session: Session) -> Iterator[Finding]:
    """Bilinear resizing is right, up and down and with antialiasing.

    Conditioning pictures are resized to the size of the video before they are encoded. A half-pixel
    shift or missing antialiasing moves or roughens the first frame. Resize with pillow where this
    is wrong.
    """
    frames = [sample(2, 3, 12, 18, seed=1)]
    yield from agrees(session, "bilinear resizing up", frames, _up)
    # Antialiased resizing of halves is not implemented on every device, and is done in float32.
    yield from agrees(session, "antialiased resizing down", frames, _down, dtypes=("float32",))


def _up(frames: Any) -> Any:
    import torch

    resize = torch.nn.functional.interpolate
    return resize(frames, size=(25, 37), mode="bilinear", align_corners=False)


def _down(frames: Any) -> Any:
    import torch

    resize = torch.nn.functional.interpolate
    return resize(frames, size=(5, 7), mode="bilinear", align_corners=False, antialias=True)
