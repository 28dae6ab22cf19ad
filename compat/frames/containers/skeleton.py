"""The noun of this package: what a walk over a file's own chunks found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """Sizes and places that the file itself declares; None where it declares nothing.

    ``kind`` is mp4, matroska, avi, webp, gif, png or jpeg. ``promised`` is the size in bytes that
    the file must have for everything it declares to be inside, ``missing`` the part without which
    it cannot be shown at all (an mp4's index), ``ends`` False where its closing mark is absent,
    ``unfinished`` True where its writer never came back to fill in the length. ``follows`` says
    what stands behind its end, from byte ``follows_at`` on. ``samples`` is the largest number of
    samples that one track declares, ``fragments`` how many pieces an mp4 was written in.
    ``uncounted`` is True where there are too many chunks to look at them all; ``size`` is
    the width and height that an mp4 declares for its first video track.
    """

    kind: str
    promised: int | None = None
    missing: str = ""
    ends: bool = True
    follows: str = ""
    follows_at: int = 0
    samples: int = 0
    fragments: int = 0
    unfinished: bool = False
    uncounted: bool = False
    size: tuple[int, int] | None = None
