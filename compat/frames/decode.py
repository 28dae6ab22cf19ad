"""Opens anything that holds frames: video files, gif and webp, folders of pictures, npy arrays."""

from pathlib import Path

from compat.core.errors import NothingCheckedError
from compat.frames.array_clip import open_array
from compat.frames.clip import Clip, ClipInfo
from compat.frames.picture_clip import PICTURES, open_folder, open_pictures
from compat.frames.video_clip import open_video

__all__ = ["Clip", "ClipInfo", "open_clip"]


def open_clip(path: Path) -> Clip:
    """Open a clip of mp4, webm, mkv, mov, avi, gif, webp, png, a picture folder or .npy.

    Raises NothingCheckedError with a sentence for everything that cannot be opened or holds no
    frames that can be decoded; damage further inside shows in ``Clip.findings`` after reading.
    """
    if not path.exists():
        raise NothingCheckedError(f"{path} does not exist", "check the path")
    if path.is_dir():
        return open_folder(path)
    if path.stat().st_size == 0:
        raise NothingCheckedError(
            f"{path} is empty, expected a clip", "render or download it again"
        )
    suffix = path.suffix.lower()
    if suffix == ".npy":
        return open_array(path)
    if suffix in PICTURES:
        return open_pictures(path)
    return open_video(path)
