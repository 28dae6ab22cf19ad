"""Opens anything that holds frames: video files, gif and webp, folders of pictures, arrays."""

from pathlib import Path

from compat.frames.array_clip import open_array, open_arrays, open_tensors
from compat.frames.clip import Clip, ClipInfo
from compat.frames.picture_clip import open_folder, open_pictures
from compat.frames.video_clip import open_video
from compat.frames.what_it_is import ClipKind, clip_kind

__all__ = ["Clip", "ClipInfo", "open_clip"]

OPENERS = {
    ClipKind.VIDEO: open_video,
    ClipKind.PICTURE: open_pictures,
    ClipKind.FOLDER: open_folder,
    ClipKind.NPY: open_array,
    ClipKind.NPZ: open_arrays,
    ClipKind.SAFETENSORS: open_tensors,
}


def open_clip(path: Path) -> Clip:
    """Open a clip of mp4, webm, mkv, mov, avi, gif, webp, png, a picture folder or an array.

    Raises NothingCheckedError with a sentence for everything that cannot be opened or holds no
    frames that can be decoded; damage further inside shows in ``Clip.findings`` after reading.
    What the file holds decides, not its name. Nothing that a file names is opened.
    """
    return OPENERS[clip_kind(path)](path)
