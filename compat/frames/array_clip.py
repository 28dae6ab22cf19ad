"""Clips held as arrays: .npy files, read without unpickling and without loading them whole."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from compat.core.errors import NothingCheckedError
from compat.core.model import Finding
from compat.frames.arrays import Summary, finding_of, to_uint8
from compat.frames.clip import Clip, ClipInfo, size_on_disk
from compat.frames.scales import Frame


def open_array(path: Path) -> Clip:
    """Open a .npy of shape [frames, H, W, 3] (or [H, W, 3]), uint8 or float in [0,1] or [-1,1]."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NothingCheckedError(
            f"{path} cannot be read as a .npy array: {reason}", "save it with numpy.save"
        ) from error
    if array.ndim == 3:
        array = array[None]
    if array.ndim != 4 or array.shape[-1] not in {1, 3, 4} or 0 in array.shape:
        raise NothingCheckedError(
            f"{path} has shape {list(array.shape)}, expected [frames, height, width, 3]",
            "move the channels last",
        )
    if array.dtype.kind not in "fu" or (array.dtype.kind == "u" and array.dtype != np.uint8):
        raise NothingCheckedError(
            f"{path} holds {array.dtype}, expected uint8 or floating point",
            "convert to uint8 first",
        )
    info = ClipInfo(
        path=str(path),
        width=array.shape[2],
        height=array.shape[1],
        codec=f"npy {array.dtype}",
        declared_frames=array.shape[0],
        file_bytes=size_on_disk(path),
    )
    return Clip(info, lambda findings: _frames(array, str(path), findings))


def _frames(array: np.ndarray, path: str, findings: list[Finding]) -> Iterator[Frame]:
    signed = array.dtype.kind == "f" and _goes_negative(array)
    summary = Summary()
    for number in range(array.shape[0]):
        picture = np.asarray(array[number])
        yield to_uint8(picture, signed=signed, summary=summary, number=number)
    findings.extend(finding_of(summary, path))


def _goes_negative(array: np.ndarray) -> bool:
    return any(bool((array[number] < -0.05).any()) for number in range(array.shape[0]))
