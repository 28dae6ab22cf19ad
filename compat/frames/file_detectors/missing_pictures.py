"""A folder of numbered pictures with numbers missing, or with pictures of two clips."""

import itertools
import re
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.wording import quoted
from compat.frames.clip import Clip
from compat.frames.expectation import Expectation
from compat.frames.file_detector import FileDetector, Noticed, finding_about
from compat.frames.picture_clip import picture_files

LAST_NUMBER = re.compile(r"\d+(?=\D*$)")


def look(clip: Clip, _expectation: Expectation) -> Finding | None:
    """Find gaps in the numbering, and names of more than one kind."""
    if clip.info.container != "folder":
        return None
    numbered: dict[str, list[int]] = {}
    for path in picture_files(Path(clip.info.path)):
        found = LAST_NUMBER.search(path.stem)
        series = f"{path.stem[: found.start()]}#{path.suffix.lower()}" if found else ""
        numbered.setdefault(series, []).append(int(found[0][:18]) if found else 0)
    if len(numbered) > 1:
        names = ", ".join(quoted(name) for name in sorted(numbered)[:3])
        return _noticed(clip, f"the folder holds {len(numbered)} series of pictures ({names}), "
                        "read one after the other; expected one", len(numbered))  # fmt: skip
    (numbers,) = numbered.values()
    missing = _missing(sorted(set(numbers)))
    if not missing:
        return None
    shown = ", ".join(str(number) for number in missing[:4])
    more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
    return _noticed(clip, f"the pictures numbered {shown}{more} are missing, expected every "
                    f"number from {min(numbers)} to {max(numbers)}", len(missing))  # fmt: skip


def _missing(numbers: list[int]) -> list[int]:
    """Return up to 1000 numbers left out; none where the steps are all alike (every fifth)."""
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    if not steps or min(steps) == max(steps):
        return []
    missing: list[int] = []
    for number, step in zip(numbers, steps, strict=False):
        missing += range(number + min(steps), number + min(step, 1000), min(steps))
    return missing[:1000]


def _noticed(clip: Clip, seen: str, count: int) -> Finding:
    return finding_about(
        Noticed(
            rule="missing-pictures",
            severity=Severity.MEDIUM,
            seen=seen,
            remedy="render what is missing, and give each clip a folder of its own",
            numbers={"count": count},
        ),
        clip,
    )


DETECTOR = FileDetector(
    id="missing-pictures",
    doc="A folder of numbered pictures has gaps in its numbers, or holds more than one series.",
    look=look,
)
