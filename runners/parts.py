"""Cuts a model into the parts that loaders are asked about, each with its header."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from compat.core.errors import CompatError
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.diffusers_folder import INDEX, Component, take_inventory
from compat.formats.header import Header, read_header
from compat.formats.model import TensorInfo
from compat.identify.identify import identify_header
from compat.identify.model import UNKNOWN, Identification, Role

MOST_TENSORS = 50_000
"""More than ten times the largest bundle there is (LTX-2, about 5,000)."""

CONFIG = "config.json"
WEIGHTS = ("diffusion_pytorch_model", "model")
"""Stems of the file that belongs to the config.json beside it; any other file stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One header and what framegate says of it.

    ``component`` holds name, library, kind and config of a part whose folder says what it is; None
    for a file that has to speak for itself. ``name`` is empty for a whole file; ``inside`` marks a
    lesser part of a bundle, whose tensors are the bundle's.
    """

    path: Path
    name: str
    format: str
    tensors: Mapping[str, TensorInfo]
    metadata: Mapping[str, str]
    answer: Identification
    component: Mapping[str, Any] | None = None
    inside: bool = False

    @property
    def by_transformers(self) -> bool:
        """Whether transformers, not diffusers, loads this part."""
        if self.component is not None:
            return bool(self.component["library"] == "transformers")
        return self.answer.role in (Role.TEXT_ENCODER, Role.IMAGE_ENCODER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A part that no loader could be asked about, and why."""

    path: Path
    part: str
    reason: str


def parts_of(path: Path, answer: Identification) -> Iterator[Part | Unreadable]:
    """The file itself, or every component of a diffusers folder that has weights."""
    if path.is_dir() and not (path / INDEX).is_file() and (path / CONFIG).is_file():
        yield _lone_component(path)
    elif path.is_dir():
        yield from _components(path)
    else:
        whole = _file(path, answer)
        yield whole
        if isinstance(whole, Part) and whole.component is None:
            yield from _bundled(whole)


def _bundled(whole: Part) -> Iterator[Part]:
    for part in whole.answer.parts:
        if part.id not in (UNKNOWN, whole.answer.id):
            yield replace(whole, name=part.role.value, answer=part, inside=True)


def _file(path: Path, answer: Identification) -> Part | Unreadable:
    try:
        header = _bounded(read_header(path))
    except CompatError as error:
        return Unreadable(path=path, part="", reason=str(error))
    return Part(
        path=path,
        name="",
        format=header.format,
        tensors=header.tensors,
        metadata=_short(header.metadata),
        answer=answer,
        component=_config_beside(path),
    )


def _config_beside(path: Path) -> Mapping[str, Any] | None:
    """The component that config.json describes, for a file that bears a component's name."""
    if not path.name.startswith(WEIGHTS):
        return None
    try:
        config = read_json_object(path.with_name(CONFIG))
    except UnreadableJsonError:
        return None
    return _described(path.parent.name, config)


def _described(name: str, config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    kind = config.get("_class_name")
    if isinstance(kind, str) and kind:
        return {"name": name, "library": "diffusers", "kind": kind, "config": dict(config)}
    kinds = config.get("architectures")
    if isinstance(kinds, list) and kinds and isinstance(kinds[0], str):
        return {"name": name, "library": "transformers", "kind": kinds[0], "config": dict(config)}
    return None


def _lone_component(folder: Path) -> Part | Unreadable:
    try:
        described = _described(folder.name, read_json_object(folder / CONFIG))
    except UnreadableJsonError as error:
        return Unreadable(path=folder, part="", reason=f"{CONFIG} cannot be read: {error}")
    if described is None:
        return Unreadable(path=folder, part="", reason=f"{CONFIG} names no class")
    weights = [path for path in sorted(folder.glob("*.safetensors")) if path.is_file()]
    return _joined(folder, "", described, weights)


def _components(folder: Path) -> Iterator[Part | Unreadable]:
    inventory = take_inventory(folder)
    for part in inventory.components.values():
        if part.weights:
            yield _joined(part.folder, part.name, _indexed(part), list(part.weights))
    if not inventory.components:
        yield Unreadable(path=folder, part="", reason=f"it has no readable {INDEX}")


def _indexed(part: Component) -> Mapping[str, Any]:
    return {
        "name": part.name,
        "library": part.library,
        "kind": part.kind,
        "config": dict(part.config),
    }


def _joined(
    folder: Path, name: str, component: Mapping[str, Any], files: list[Path]
) -> Part | Unreadable:
    """One part out of all its shards."""
    if not files:
        return Unreadable(path=folder, part=name, reason="it holds no safetensors file")
    tensors: dict[str, TensorInfo] = {}
    try:
        headers = [_bounded(read_header(file)) for file in files]
    except CompatError as error:
        return Unreadable(path=folder, part=name, reason=str(error))
    for header in headers:
        tensors.update(header.tensors)
    whole = Header(
        path=folder, format=headers[0].format, tensors=tensors, metadata=headers[0].metadata,
        data_start=0, file_size=0,
    )  # fmt: skip
    return Part(
        path=folder,
        name=name,
        format=whole.format,
        tensors=tensors,
        metadata=_short(whole.metadata),
        answer=identify_header(whole),
        component=component,
    )


def _bounded(header: Header) -> Header:
    if len(header.tensors) > MOST_TENSORS:
        raise CompatError(f"it declares {len(header.tensors)} tensors, more than any model has")
    return header


def _short(metadata: Mapping[str, str]) -> dict[str, str]:
    # A training tool's notes or a tokenizer's vocabulary would only slow the message down.
    return {k: v for k, v in metadata.items() if isinstance(v, str) and len(v) <= 1 << 16}
