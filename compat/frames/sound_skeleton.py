"""Refuses files whose own chunks show that reading them would end badly."""

from pathlib import Path

from compat.core.errors import NothingCheckedError
from compat.formats.wording import quoted
from compat.frames.containers.skeleton import Skeleton
from compat.frames.containers.walk import skeleton_of
from compat.frames.limits import MAX_SAMPLES


def sound_skeleton(path: Path) -> Skeleton | None:
    """Walk over a file's chunks; NothingCheckedError where nothing can come of decoding it.

    That is: what it needs to be shown is missing, or it claims more samples or chunks than a
    reader should make room for. None for kinds of files without a walk.
    """
    try:
        skeleton = skeleton_of(path)
    except OSError as error:
        raise NothingCheckedError(
            f"{quoted(path)} cannot be read: {(error.strerror or str(error)).lower()}",
            "check the disk",
        ) from error
    if skeleton is None:
        return None
    if skeleton.missing:
        raise NothingCheckedError(
            f"{quoted(path)} lacks {skeleton.missing}, without which no frame can be found",
            "the writer was stopped or the file is cut: render or download it again",
        )
    if skeleton.uncounted or skeleton.samples > MAX_SAMPLES:
        claimed = "too many chunks" if skeleton.uncounted else f"{skeleton.samples} samples"
        raise NothingCheckedError(
            f"{quoted(path)} claims {claimed}, expected at most {MAX_SAMPLES} samples",
            "check where the file comes from",
        )
    return skeleton
