"""Keeps the manifest of a run: what was known before, what is known now, saved as it goes."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from compat.core.errors import UsageError
from compat.formats.folder_files import files_below
from compat.formats.manifests.compare import compare
from compat.formats.manifests.header_digest import header_digest
from compat.formats.manifests.manifest import Entry, Manifest, read_manifest, write_manifest
from compat.formats.model import FileReport
from compat.formats.verdicts import report_of

if TYPE_CHECKING:
    from compat.core.model import Finding

SAVE_SECONDS = 5.0
"""Least time between two saves while a long file is scanned."""

HIDDEN = (".git", ".cache", "__pycache__", ".locks")


class ManifestBook:
    """The manifest ``file`` of everything below the given paths.

    A manifest that is there and complete is held against the files and not written; one that is not
    there, that was broken off, or is to be updated, is written while the run goes on. In both cases
    a file whose size, time and header are unchanged keeps what was found by reading it whole,
    unless it is to be read ``again``.
    """

    def __init__(self, file: Path, paths: Iterable[Path], *, update: bool, again: bool) -> None:
        """Read what is there; ``UsageError`` where that is no manifest."""
        self._file = file
        self._paths = [path.absolute() for path in paths]
        self.root = _root(self._paths)
        self.before = read_manifest(file) if file.exists() else None
        self.writes = update or self.before is None or not self.before.complete
        self._again = again
        self._files = dict(self._list())
        self._now: dict[str, Entry] = {}
        self._saved_at = time.monotonic()

    @property
    def needs_hashes(self) -> bool:
        """Whether the manifest holds nothing but hashes, so that there is no other way to check."""
        return self.before is not None and not self.before.has_sizes and not self.writes

    @property
    def files(self) -> Mapping[str, Path]:
        """Every file the manifest is about, by its name in there."""
        return self._files

    def earlier_values(self, path: Path) -> Mapping[str, object] | None:
        """The record of a scan of the unchanged file, finished or broken off."""
        known = self._unchanged(path)
        return known.deep if known is not None and known.deep else None

    def earlier_hash(self, path: Path) -> str:
        """The hash of the unchanged file, empty where it has to be computed."""
        known = self._unchanged(path)
        return known.sha256 if known is not None and self.before and self.before.has_sizes else ""

    def note_values(self, path: Path, record: Mapping[str, object]) -> None:
        """Keep what a scan has seen so far, and save it from time to time."""
        self._set(path, deep=record)
        if time.monotonic() - self._saved_at > SAVE_SECONDS:
            self.save(complete=False)

    def note_report(self, report: FileReport) -> None:
        """Keep the verdict on a file, and its hash where it is known."""
        name = self._name(report.path)
        if name in self._files:
            sha256 = str(report.measures.get("sha256", ""))
            known = self._now.get(name)
            self._set(
                report.path,
                kind=report.kind,
                verdict=report.verdict.value,
                sha256=sha256 or (known.sha256 if known is not None else ""),
            )

    def note_hash(self, path: Path, sha256: str) -> None:
        """Keep the hash of a file that has no report."""
        self._set(path, sha256=sha256)

    def save(self, *, complete: bool) -> None:
        """Write the manifest, if this run writes one; files not come to keep what was known."""
        if not self.writes:
            return
        if complete:
            self._complete()
        kept = dict(self.before.entries) if self.before is not None and not complete else {}
        write_manifest(self._file, Manifest(entries={**kept, **self._now}, complete=complete))
        self._saved_at = time.monotonic()

    def differences(self) -> Iterator[FileReport]:
        """One report per file that is not as the manifest says; none where this run writes it."""
        if self.before is None or self.writes:
            return
        self._complete()
        found: dict[str, list[Finding]] = {}
        for name, finding in compare(self.root, self.before, self._now, self._asked):
            found.setdefault(name, []).append(finding)
        for name, findings in found.items():
            kind = self._now[name].kind if name in self._now else "missing"
            yield report_of(self.root / name, kind or "companion", findings, {})

    def _asked(self, name: str) -> bool:
        place = self.root / name
        return any(path in place.parents or path == place for path in self._paths)

    def _list(self) -> Iterator[tuple[str, Path]]:
        own = self._file.absolute()
        for path in self._paths:
            for file in _files(path):
                inside = file.relative_to(path).parts if path.is_dir() else ()
                if file != own and file.is_file() and not set(HIDDEN) & set(inside):
                    yield self._name(file), file

    def _name(self, path: Path) -> str:
        absolute = path.absolute()
        if absolute.is_relative_to(self.root):
            return absolute.relative_to(self.root).as_posix()
        return absolute.name

    def _unchanged(self, path: Path) -> Entry | None:
        """What was known of the file, if it has still the same size, time and header."""
        known = self.before.entries.get(self._name(path)) if self.before is not None else None
        if known is None or self._again:
            return None
        now = self._entry(path)
        same = now is not None and (known.size, known.mtime_ns, known.header_sha256) == (
            now.size, now.mtime_ns, now.header_sha256,
        )  # fmt: skip
        return known if same else None

    def _entry(self, path: Path) -> Entry | None:
        name = self._name(path)
        if name not in self._now:
            try:
                status = path.stat()
                digest = header_digest(path)
            except OSError:
                return None
            self._now[name] = Entry(
                size=status.st_size, mtime_ns=status.st_mtime_ns, header_sha256=digest
            )
        return self._now[name]

    def _set(self, path: Path, **facts: object) -> None:
        if self._entry(path) is not None:
            name = self._name(path)
            self._now[name] = replace(self._now[name], **facts)  # type: ignore[arg-type]

    def _complete(self) -> None:
        """Note the files that no report was about, and what was known of those not read again."""
        for name, path in self._files.items():
            entry = self._entry(path)
            known = self._unchanged(path)
            if entry is not None and known is not None:
                self._now[name] = replace(
                    entry,
                    sha256=entry.sha256 or known.sha256,
                    deep=entry.deep or known.deep,
                )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        return files_below(path)
    except ValueError as error:
        raise UsageError(str(error), "name the models' own folder") from error


def _root(paths: list[Path]) -> Path:
    """The folder that names are relative to: the one given, else what all paths have in common."""
    folders = [path if path.is_dir() else path.parent for path in paths]
    common = folders[0]
    for folder in folders[1:]:
        while not folder.is_relative_to(common) and common != common.parent:
            common = common.parent
    return common
