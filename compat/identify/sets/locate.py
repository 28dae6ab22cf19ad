"""Finds the files that a description names, or the name that was probably meant."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from compat.core.errors import CompatError
from compat.core.model import Finding, Severity
from compat.formats.folder_files import files_below
from compat.formats.wording import damage, quoted

LIKENESS = 0.6
"""Share of words in common from which a file is offered as the one that was meant."""

_WORDS = re.compile(r"[a-z]+|\d+", re.IGNORECASE)

OPPOSITES = (
    frozenset({"dev", "distilled", "distil"}), frozenset({"high", "low"}),
    frozenset({"umt", "t"}), frozenset({"t", "i", "ti", "text", "image"}),
    frozenset({"vae", "lora", "upscaler", "encoder", "enc", "vocoder", "projection"}),
)  # fmt: skip
"""Words that make two files different things: a rename from one to the other would be harm
(distilled steps on dev weights, one expert for the other, t2v for i2v)."""


@dataclass(frozen=True)
class Folders:
    """Folders in which named files are looked for, with everything below them."""

    roots: tuple[Path, ...]

    @cached_property
    def files(self) -> dict[str, list[Path]]:
        """Every file below the roots by its bare name; ``CompatError`` for what is no folder."""
        found: dict[str, list[Path]] = {}
        for root in self.roots:
            try:
                listing = files_below(root)
            except (OSError, ValueError) as error:
                raise CompatError(f"{root} cannot be searched: {error}") from error
            for path in listing:
                found.setdefault(path.name, []).append(path)
        return found

    def find(self, name: str) -> Path | None:
        """The file of that bare name, the one nearest to a root where there are several."""
        hits = self.files.get(bare(name), [])
        return min(hits, key=lambda path: (len(path.parts), str(path)), default=None)

    def nearest(self, name: str) -> str:
        """The name of the file that was probably meant, "" where none is like it."""
        wanted = bare(name)
        suffix = Path(wanted).suffix.lower()
        others = [known for known in self.files if Path(known).suffix.lower() == suffix]
        best = max(others, key=lambda known: _likeness(wanted, known), default="")
        return best if best and _likeness(wanted, best) >= LIKENESS else ""


def bare(name: str) -> str:
    """The file name at the end of a path or an address, without query and drive."""
    return re.split(r"[/\\]", name.partition("?")[0])[-1]


def _likeness(one: str, other: str) -> float:
    """From 0 to 1; 0 where a number or a telling word says that another thing is meant."""
    words, others = (set(_WORDS.findall(Path(name).stem.lower())) for name in (one, other))
    if {word for word in words if word.isdigit()} - others:
        return 0.0
    if any((words & group) != (others & group) for group in OPPOSITES):
        return 0.0
    return len(words & others) / max(1, len(words | others))


def missing(
    source: Path, slot: str, names: Sequence[str], folders: Folders, *, severity: Severity
) -> Finding:
    """None of ``names`` is there: say so, with the file that was probably meant."""
    meant = next((near for name in names if (near := folders.nearest(name))), "")
    several = f", nor any of its {len(names) - 1} other form(s)" if len(names) > 1 else ""
    where = ", ".join(str(root) for root in folders.roots)
    return damage(
        "set-file-missing",
        source,
        f"{slot} names {quoted(bare(names[0]))}, which is not in {where}{several}"
        + (f"; {quoted(meant)} is" if meant else ""),
        remedy=f"rename it, or name {quoted(meant)} instead" if meant else "download the file",
        detail=slot,
        severity=severity,
        names=[quoted(bare(name)) for name in names[:16]],
        nearest=quoted(meant) if meant else "",
    )


def elsewhere(source: Path, slot: str, path: Path, wanted: Iterable[Path]) -> Finding:
    """The file is there, and not where the program looks for it."""
    places = " or ".join(str(place) for place in wanted)
    return damage(
        "set-file-elsewhere",
        source,
        f"{slot} names {quoted(path.name)}, which lies in {path.parent} and is looked for in "
        f"{places}",
        remedy=f"move it to {places}",
        detail=slot,
        severity=Severity.MEDIUM,
        found=str(path),
    )
