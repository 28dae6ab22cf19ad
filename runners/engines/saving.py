"""The save path: from decoded tensors to bytes that a picture is made of."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ToFrames = Callable[[Any], "np.ndarray[Any, np.dtype[np.uint8]]"]


def to_frames(video: Any) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """Turn [T, 3, H, W] in [0, 1], any dtype and device, into uint8 [T, H, W, 3].

    numpy has no bfloat16 and no fp8, so the cast to float32 comes before ``numpy()``: without it a
    finished render dies in its last line with "Got unsupported ScalarType BFloat16". NaN becomes 0
    here and is reported from the tensor's statistics, never from the picture.
    """
    import torch

    values = video.detach().to("cpu").to(torch.float32)
    values = torch.nan_to_num(values, nan=0.0, posinf=1.0, neginf=0.0).clamp(0, 1)
    pixels = (values * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
    return np.ascontiguousarray(pixels.numpy())


def save_frames(video: Any, path: str, convert: ToFrames) -> int:
    """Write [T, 3, H, W] in [0, 1] as ``.npy`` uint8 [T, H, W, 3]; returns the frame count."""
    frames = convert(video)
    with Path(path).open("wb") as handle:
        np.save(handle, frames, allow_pickle=False)
    return int(frames.shape[0])
