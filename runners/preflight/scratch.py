"""Where a preflight's clips and pictures go, so that neither is lost nor piles up."""

import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path

KEPT_PREFLIGHTS = 50
"""A contact sheet takes about 200 kB, so that all of them stay near 10 MB."""

PICTURES = (".png",)


def new_scratch(evidence: Path) -> Path:
    """A new folder below ``evidence``, the folder of the store; the oldest beyond 50 are removed.

    Reports show the pictures later, so they stay beside the store that names them.
    """
    home = evidence / "preflights"
    home.mkdir(parents=True, exist_ok=True)
    # The name begins with the time, so that names sort by age.
    earlier = sorted(folder for folder in home.iterdir() if folder.is_dir())
    for folder in earlier[: max(0, len(earlier) - KEPT_PREFLIGHTS + 1)]:
        shutil.rmtree(folder, ignore_errors=True)
    scratch = home / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:6]}"
    scratch.mkdir()
    return scratch


def keep_pictures(scratch: Path) -> None:
    """Remove what only the checks needed: latents, raw frames and trial videos."""
    for path in scratch.iterdir():
        if path.is_file() and path.suffix not in PICTURES:
            path.unlink(missing_ok=True)
