"""Reads WanGP's defaults, finetunes and saved settings as sets of files.

A definition has an object ``model`` with lists of addresses, of which one file each is loaded;
saved settings name the definition by ``model_type`` and their LoRAs by name. A text in place of a
list is the name of another definition whose list is taken.
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Severity
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.wording import damage, quoted
from compat.identify.pairing.model import Asked
from compat.identify.sets.locate import Folders, bare, elsewhere, missing
from compat.identify.sets.model import FileSet, Member

LARGEST = 4 << 20
"""Bytes of one JSON; the largest default has some 10 KB, settings with pictures in them more."""

DEEPEST = 10
"""References that are followed, as in WanGP's get_model_recursive_prop."""

ONE_OF = ("URLs", "URLs2", "text_encoder_URLs")
"""Keys whose list holds the same model in several quantisations."""

ALL_OF = ("preload_URLs", "loras")
"""Keys of which every file is loaded."""

HAS_TO_BE_THERE = (*ONE_OF, "loras", "activated_loras")
"""Keys without whose files nothing is rendered as meant; the rest WanGP fetches when it starts."""


def is_wangp(document: Mapping[str, Any]) -> bool:
    """Whether a JSON object is one of WanGP's."""
    model = document.get("model")
    if isinstance(model, dict) and ("URLs" in model or "architecture" in model):
        return True
    return isinstance(document.get("model_type"), str) or "activated_loras" in document


@dataclass(slots=True)
class _Draft:
    source: Path
    folders: Folders
    places: tuple[Path, ...]
    members: list[Member] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_wangp(source: Path, document: Mapping[str, Any], roots: tuple[Path, ...]) -> FileSet:
    """The files that ``document`` names, as far as they lie below ``roots``."""
    model = _definition(source, document)
    draft = _Draft(source=source, folders=Folders(roots), places=_places(roots))
    for key in ONE_OF:
        names, problem = _names(source, model, key)
        draft.findings.extend(problem)
        if names:
            _take(draft, key, names)
    for key in ALL_OF:
        names, problem = _names(source, model, key)
        draft.findings.extend(problem)
        for name in names:
            _take(draft, key, [name])
    for name in _texts(document.get("activated_loras")):
        _take(draft, "activated_loras", [name])
    architecture = str(model.get("architecture", ""))
    for files in companions().get(architecture, ()):
        if not model.get("text_encoder_URLs") or "enc" not in files[0]:
            _take(draft, f"architecture {architecture}", list(files))
    return FileSet(
        source=source,
        kind="wangp",
        members=tuple(draft.members),
        asked=_asked(source, document, model),
        loader="wangp",
        findings=tuple(draft.findings),
    )


@functools.cache
def companions() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """What WanGP loads beside the named files, by architecture."""
    place = resources.files("compat.identify.sets").joinpath("wangp_companions.toml")
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for entry in tomllib.loads(place.read_text("utf-8"))["companions"]:
        for name in entry["architectures"]:
            found[name] = tuple(tuple(files) for files in entry["files"])
    return found


def _places(roots: tuple[Path, ...]) -> tuple[Path, ...]:
    """Where WanGP looks: ckpts/ and the folder itself (shared/utils/files_locator.py)."""
    return tuple(place for root in roots for place in (root, root / "ckpts"))


def _definition(source: Path, document: Mapping[str, Any]) -> Mapping[str, Any]:
    model = document.get("model")
    if isinstance(model, dict):
        return model
    named = document.get("model_type")
    return _other(source, named) if isinstance(named, str) else {}


def _other(source: Path, name: str) -> Mapping[str, Any]:
    """The definition called ``name``: beside the file, or in WanGP's own folders above it."""
    if bare(name) != name:
        return {}
    for folder in (source.parent, *source.parent.parents[:2]):
        for place in (folder, folder / "finetunes", folder / "defaults"):
            try:
                found = read_json_object(place / f"{name}.json", LARGEST).get("model")
            except UnreadableJsonError:
                continue
            if isinstance(found, dict):
                return found
    return {}


def _names(
    source: Path, model: Mapping[str, Any], key: str
) -> tuple[list[str], tuple[Finding, ...]]:
    """The addresses under ``key``, through references to other definitions."""
    value, seen = model.get(key), list[str]()
    while isinstance(value, str) and not _is_file(value):
        if value in seen or len(seen) >= DEEPEST:
            return [], (_circle(source, key, value),)
        seen.append(value)
        other = _other(source, value)
        if not other:
            return [], (_no_definition(source, key, value),)
        value = other.get(key)
    return _texts(value), ()


def _is_file(value: str) -> bool:
    return "/" in value or Path(value).suffix.lower() in (".safetensors", ".sft", ".gguf", ".pth")


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _take(draft: _Draft, slot: str, names: list[str]) -> None:
    """Add the first of the alternatives that is there, or say that none is."""
    found = next((path for name in names if (path := draft.folders.find(name))), None)
    if found is None:
        severity = Severity.MEDIUM if slot in HAS_TO_BE_THERE else Severity.LOW
        draft.findings.append(missing(draft.source, slot, names, draft.folders, severity=severity))
        return
    if found.suffix.lower() in (".safetensors", ".sft", ".gguf"):
        draft.members.append(Member(path=found, slot=slot))
    if slot in ONE_OF[:2] and found.parent not in draft.places:
        draft.findings.append(elsewhere(draft.source, slot, found, draft.places[-1:]))


def _asked(source: Path, document: Mapping[str, Any], model: Mapping[str, Any]) -> Asked:
    return Asked(
        frames=_whole(document.get("video_length")),
        steps=_whole(document.get("num_inference_steps")),
        variant=_variant(model),
        complete=True,
        source=str(source),
    )


def _variant(model: Mapping[str, Any]) -> str:
    if model.get("ltx2_pipeline") == "distilled":
        return "distilled"
    config = str(model.get("LTXV_config", ""))
    return next((word for word in ("distilled", "dev") if word in bare(config)), "")


def _whole(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


def _circle(source: Path, key: str, name: str) -> Finding:
    return damage(
        "set-reference-circle",
        source,
        f"{key} leads through {quoted(name)} back to itself",
        remedy="name the files in one of the definitions",
        detail=key,
    )


def _no_definition(source: Path, key: str, name: str) -> Finding:
    return damage(
        "set-reference-missing",
        source,
        f"{key} names the definition {quoted(name)}, and no {quoted(name)}.json is beside it or in "
        "defaults/ or finetunes/",
        remedy="put the file back, or name the addresses themselves",
        detail=key,
        severity=Severity.MEDIUM,
    )
