"""Reads LTX-Video's YAML configs as sets of files with their steps."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Severity
from compat.formats.wording import damage, quoted
from compat.identify.pairing.model import Asked
from compat.identify.sets.locate import Folders, bare, missing
from compat.identify.sets.model import FileSet, Member

FILES = ("checkpoint_path", "spatial_upscaler_model_path")
TEXT_ENCODER = "text_encoder_model_name_or_path"
PASSES = ("first_pass", "second_pass")


def is_ltx_config(document: Mapping[str, Any]) -> bool:
    """Whether a YAML mapping is a config of LTX-Video's inference."""
    return "checkpoint_path" in document and isinstance(document["checkpoint_path"], str)


def read_ltx_config(source: Path, document: Mapping[str, Any], roots: tuple[Path, ...]) -> FileSet:
    """The files that the config names below ``roots``, and the steps of its passes."""
    folders = Folders(roots)
    members: list[Member] = []
    findings: list[Finding] = []
    for key in FILES:
        name = document.get(key)
        if not isinstance(name, str) or not name:
            continue
        found = folders.find(name)
        if found is not None:
            members.append(Member(path=found, slot=key))
        else:
            findings.append(missing(source, key, [name], folders, severity=Severity.HIGH))
    findings.extend(_text_encoder(source, document, roots))
    return FileSet(
        source=source,
        kind="ltx-config",
        members=tuple(members),
        asked=_asked(source, document),
        findings=tuple(findings),
    )


def _asked(source: Path, document: Mapping[str, Any]) -> Asked:
    written = [part for key in PASSES if isinstance(part := document.get(key), dict)]
    passes: list[Mapping[str, Any]] = [*written] or [document]
    timesteps = tuple(step for part in passes for step in _numbers(part.get("timesteps")))
    steps = [n for part in passes if type(n := part.get("num_inference_steps")) is int]
    return Asked(
        steps=max(steps, default=None),
        timesteps=timesteps,
        variant="distilled" if timesteps else "dev" if steps else "",
        source=str(source),
    )


def _numbers(value: object) -> Iterator[float]:
    for item in value if isinstance(value, list) else ():
        if type(item) in (int, float):
            yield float(item)


def _text_encoder(
    source: Path, document: Mapping[str, Any], roots: tuple[Path, ...]
) -> Iterator[Finding]:
    """The text encoder is a repository of its own: here, or fetched when it is first wanted."""
    name = document.get(TEXT_ENCODER)
    if not isinstance(name, str) or not name:
        return
    if any((root / part).is_dir() for root in roots for part in (bare(name),)):
        return
    yield damage(
        "set-text-encoder-elsewhere",
        source,
        f"{TEXT_ENCODER} is {quoted(name)}, which is not in {', '.join(map(str, roots))}: it is "
        "fetched from the hub when the pipeline starts",
        remedy="download it beforehand, and name the T5 file beside this config to have it paired",
        detail=TEXT_ENCODER,
        severity=Severity.INFO,
    )
