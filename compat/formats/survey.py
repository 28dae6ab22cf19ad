"""Finds what stands below a path: model folders, sharded models, loose files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from compat.formats.companions import companion_findings
from compat.formats.diffusers_folder import (
    INDEX,
    Component,
    Inventory,
    is_diffusers_folder,
    take_inventory,
)
from compat.formats.file_check import unreadable
from compat.formats.folder_files import files_below
from compat.formats.hub_cache import hub_findings, is_hub_repository, snapshots
from compat.formats.leftovers import leftover_findings
from compat.formats.model import FileReport
from compat.formats.partial_downloads import is_partial_name, is_piece_name
from compat.formats.pickles.reader import PICKLE_NAMES
from compat.formats.shard_sets import numbered_sets, set_findings
from compat.formats.shards import is_shard_index, named_shards, shard_findings
from compat.formats.transformers_folder import is_transformers_folder, transformers_findings
from compat.formats.verdicts import report_of

WEIGHT_SUFFIXES = (".safetensors", ".sft", ".gguf", *PICKLE_NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Files that belong together, and the report about what holds them together.

    ``report`` is None for loose files. ``loader`` says what will load them, where that is known.
    """

    files: tuple[Path, ...] = ()
    report: FileReport | None = None
    loader: str = ""


def survey(path: Path, *, unused: bool = True) -> Iterator[Unit]:
    """Everything to check at ``path``; configs and indexes are read, weights are not.

    Without ``unused`` the weights of a diffusers folder are only those that a loader reads: no
    other variants, no copies in another form.
    """
    if path.is_dir():
        yield from _folder(path, unused=unused)
    elif path.name == INDEX:
        yield from _diffusers(path.parent, unused=unused)
    elif is_shard_index(path):
        yield _sharded(path)
    else:
        yield Unit(files=(path,))


def _folder(folder: Path, *, unused: bool) -> Iterator[Unit]:
    try:
        files = files_below(folder)
    except (OSError, ValueError) as error:
        yield Unit(report=unreadable(folder, getattr(error, "strerror", None) or str(error)))
        return
    if is_hub_repository(folder):
        yield from _hub(folder, unused=unused)
    elif is_diffusers_folder(folder):
        yield from _diffusers(folder, unused=unused)
    else:
        yield from _mixed(folder, files, unused=unused)


def _hub(folder: Path, *, unused: bool) -> Iterator[Unit]:
    findings = hub_findings(folder)
    yield Unit(report=report_of(folder, "hub-cache", findings, {}))
    for snapshot in snapshots(folder):
        yield from _folder(snapshot, unused=unused)


def _diffusers(folder: Path, *, unused: bool) -> Iterator[Unit]:
    inventory = take_inventory(folder)
    files = _files_of(folder)
    said = {finding.place.path for finding in inventory.findings}
    small = (f for f in companion_findings(folder, files) if f.place.path not in said)
    findings = [*inventory.findings, *small, *leftover_findings(files)]
    measures = {"pipeline": inventory.pipeline, **_counts(inventory)}
    yield Unit(report=report_of(folder, "diffusers-folder", findings, measures))
    for component in inventory.components.values():
        yield Unit(files=component.weights, loader=_loader(component))
    if unused:
        yield from _unused(inventory, files)


def _unused(inventory: Inventory, files: list[Path]) -> Iterator[Unit]:
    """Weights that lie in the folder and are not what its components are loaded from."""
    parts = inventory.components.values()
    used = {file for part in parts for file in (*part.weights, *part.indexes)}
    spare = [file for file in files if file not in used and not is_partial_name(file)]
    yield from _by_folder(f for f in spare if _is_of_interest(f) or is_shard_index(f))


def _loader(component: Component) -> str:
    return "configured" if "quantization_config" in component.config else "diffusers"


def _files_of(folder: Path) -> list[Path]:
    try:
        return files_below(folder)
    except (OSError, ValueError):
        return []  # take_inventory has said what it could not read


def _counts(inventory: Inventory) -> Mapping[str, object]:
    return {"components": [part.name for part in inventory.components.values() if part.kind]}


def _mixed(folder: Path, files: list[Path], *, unused: bool) -> Iterator[Unit]:
    """A folder of anything: the models found in it first, then what belongs to none of them."""
    taken: list[Path] = []
    for root in _model_roots(folder, files):
        taken.append(root)
        yield from _folder(root, unused=unused)
    yield from _by_folder(f for f in files if not any(root in f.parents for root in taken))


def _by_folder(files: Iterable[Path]) -> Iterator[Unit]:
    by_folder: dict[Path, list[Path]] = {}
    for file in files:
        by_folder.setdefault(file.parent, []).append(file)
    for place, group in by_folder.items():
        yield from _group(place, group)


def _model_roots(folder: Path, files: list[Path]) -> Iterator[Path]:
    """The outermost diffusers folders and download cache folders below ``folder``."""
    candidates = {file.parent for file in files if file.name == INDEX}
    for file in files:
        hub = (p for p in file.parents if p.name.startswith("models--") and folder in p.parents)
        candidates.update(p for p in hub if is_hub_repository(p))
    candidates.discard(folder)
    for place in sorted(candidates):
        if not any(other in place.parents for other in candidates):
            yield place


def _group(place: Path, files: list[Path]) -> Iterator[Unit]:
    """The files of one folder: a transformers model, sharded models, loose files."""
    indexes = [file for file in files if is_shard_index(file)]
    named = {place / name for index in indexes for name in named_shards(index)}
    if is_transformers_folder(place, files):
        findings = list(transformers_findings(place, files))
        said = {finding.place.path for finding in findings}
        findings += (f for f in companion_findings(place, files) if f.place.path not in said)
        yield Unit(report=report_of(place, "transformers-folder", findings, {}))
    for index in indexes:
        yield Unit(report=report_of(index, "shard-index", shard_findings(index), {}))
    for group in numbered_sets(file for file in files if file not in named):
        yield Unit(report=report_of(group.first, "shard-set", set_findings(group), {}))
    yield Unit(files=tuple(file for file in files if _is_of_interest(file)))


def _is_of_interest(file: Path) -> bool:
    named = file.suffix.lower() in WEIGHT_SUFFIXES
    return named or is_partial_name(file) or is_piece_name(file)


def _sharded(index: Path) -> Unit:
    report = report_of(index, "shard-index", shard_findings(index), {})
    shards = (index.parent / name for name in sorted(named_shards(index)))
    return Unit(files=tuple(shard for shard in shards if shard.is_file()), report=report)
