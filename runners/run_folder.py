"""Where a run keeps its latents, segments and pictures, and how it knows they are whole."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from compat.core.errors import CompatError


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One file of a run: its path relative to the run folder, and the sha256 of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder ``<output stem>.framegate`` beside the output."""

    root: Path

    @classmethod
    def beside(cls, output: Path) -> "RunFolder":
        """The run folder that belongs to ``output``; it need not exist yet."""
        return cls(output.with_name(f"{output.stem}.framegate"))

    @property
    def lock(self) -> Path:
        """Held by the one process that renders into this folder."""
        return self.root / "lock"

    @property
    def run_id(self) -> Path:
        """Names the run whose events tell what is in the folder."""
        return self.root / "run-id"

    @property
    def sheet(self) -> Path:
        """Contact sheet of the whole video."""
        return self.root / "sheet.png"

    @property
    def timeline(self) -> Path:
        """Per-frame measures over the whole video."""
        return self.root / "timeline.png"

    def latents(self, window: int) -> Path:
        """The new latents of one window."""
        return self.root / "latents" / f"window-{window:05d}.safetensors"

    def segment(self, window: int) -> Path:
        """The final frames of one window, lossless."""
        return self.root / "segments" / f"window-{window:05d}.mkv"

    def tail(self, window: int) -> Path:
        """The last frames of one window, which the next one is blended into."""
        return self.root / "segments" / f"window-{window:05d}.tail.npy"

    def scratch(self, window: int) -> Path:
        """Decoded frames on their way to the judge; gone once the segment is written."""
        return self.root / "scratch" / f"window-{window:05d}.npy"

    def prepare(self) -> None:
        """Make the folders, and remove what a killed process left half-written."""
        shutil.rmtree(self.root / "scratch", ignore_errors=True)
        for name in ("latents", "segments", "scratch"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
            for half in (self.root / name).glob(".window-*.part.*"):
                half.unlink(missing_ok=True)

    def artefact(self, path: Path) -> Artefact:
        """Name ``path`` relative to the folder, with its digest."""
        return Artefact(path=path.relative_to(self.root).as_posix(), sha256=digest(path))

    def holds(self, artefact: Artefact) -> bool:
        """Whether the file is there with exactly these bytes.

        Paths come from the store; one that leads out of the folder is refused.
        """
        path = (self.root / artefact.path).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise CompatError(f"{artefact.path} leads out of the run folder {self.root}")
        return path.is_file() and digest(path) == artefact.sha256


def digest(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
