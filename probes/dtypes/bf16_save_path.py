"""From bfloat16 frames on the device to a picture file and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_device, untouched


@probe(
    "bf16-save-path",
    family="dtypes",
    needs=Needs(modules=("torch", "numpy", "PIL.Image"), devices=("cpu", "cuda", "mps")),
)
def bf16_save_path(session: Session) -> Iterator[Finding]:
    """Two bfloat16 frames reach a picture file through float32 without a change.

    This is the last step of a render, and the one that loses everything when it fails. The way
    tested here is ``(frames.float().clamp(0, 1) * 255).round().to(uint8).cpu().numpy()``.
    """
    import torch

    with untouched():
        # Neighbours, colours too, far apart: a shift or a swap shows. Some beyond black and white.
        steps = torch.arange(2 * 16 * 24 * 3) * 97 % 307 / 306
        frames = (steps * 1.2 - 0.1).reshape(2, 16, 24, 3).bfloat16()
        expected = [[_level(value) for value in frame.flatten().tolist()] for frame in frames]
    saved, refusal = attempt(lambda: _saved(on_device(frames, session), Path(session.scratch)))
    if saved is None:
        yield fault(session, "save-path-refused", f"saving two frames is refused: {refusal}")
        return
    # One level of difference is the rounding of a value that lies halfway.
    off = [
        (number, max(abs(a - b) for a, b in zip(frame, meant, strict=True)))
        for number, (frame, meant) in enumerate(zip(saved, expected, strict=True))
    ]
    for number, levels in off:
        if levels > 1:
            text = f"frame {number} comes back off by {levels} of 255 levels, expected at most 1"
            yield fault(session, "save-path-wrong", text)


def _level(value: float) -> int:
    return round(min(max(value, 0.0), 1.0) * 255)


def _saved(frames: Any, folder: Path) -> list[list[int]]:
    import torch
    from PIL import Image

    pixels = (frames.float().clamp(0, 1) * 255).round().to(torch.uint8).cpu().numpy()
    read_back = []
    for number, frame in enumerate(pixels):
        path = folder / f"{number}.png"
        Image.fromarray(frame).save(path)
        with Image.open(path) as picture:
            read_back.append(list(picture.tobytes()))
    return read_back
