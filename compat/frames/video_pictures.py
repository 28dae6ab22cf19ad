"""Turns ffmpeg's pictures into frames and glimpses, as a player shows them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from compat.frames.glimpse import Glimpse, glimpse_of, shrinking
from compat.frames.scales import Frame


def frame_of(picture: Any, degrees: int) -> Frame:
    """Return a picture as RGB, over black and turned counterclockwise by so many ``degrees``.

    Raises what PyAV raises for a pixel format that swscale cannot turn into RGB.
    """
    # Turned as a player turns it, so that its size is the one that was ordered.
    frame = _rgb(picture)
    return np.ascontiguousarray(np.rot90(frame, degrees // 90)) if degrees else frame


def glancing() -> Callable[[Any, int], Glimpse]:
    """Return what makes glimpses: swscale shrinks, which spares most of the conversion to RGB."""
    from av.video.reformatter import VideoReformatter

    shrinker = VideoReformatter()

    def glimpse(picture: Any, degrees: int) -> Glimpse:
        size = picture.width, picture.height
        every = shrinking(*size)
        if every == 1 or degrees or _has_alpha(picture):
            return glimpse_of(frame_of(picture, degrees))
        small = shrinker.reformat(
            picture,
            width=size[0] // every,
            height=size[1] // every,
            format="rgb24",
            interpolation="FAST_BILINEAR",
        )
        return Glimpse(small=small.to_ndarray(), size=size, whole=lambda: _rgb(picture))

    return glimpse


def _has_alpha(picture: Any) -> bool:
    return any(component.is_alpha for component in picture.format.components)


def _rgb(picture: Any) -> Frame:
    if _has_alpha(picture):
        rgba = picture.to_ndarray(format="rgba")
        over_black: Frame = (rgba[..., :3] * rgba[..., 3:].astype(np.uint16) // 255).astype(
            np.uint8
        )
        return over_black
    frame: Frame = picture.to_ndarray(format="rgb24")
    return frame
