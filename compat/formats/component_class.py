"""Holds the class that the index names for a component against what its config was saved by."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compat.core.model import Confidence, Finding, Place, Severity
from compat.formats.wording import quoted

REMEDY = "this folder's config belongs to another model: download it again"


def class_findings(
    place: Path, library: str, kind: str, config: Mapping[str, Any]
) -> Iterator[Finding]:
    """A config that another class has saved; schedulers are left out, they read each other's."""
    if "Scheduler" in kind:
        return
    saved = config.get("_class_name")
    if library == "diffusers" and isinstance(saved, str) and saved not in ("", kind):
        yield _differs(place, "_class_name", kind, saved)
    model_type = config.get("model_type")
    if library != "transformers" or not isinstance(model_type, str):
        return
    if not _bare(kind).startswith(_bare(model_type)):
        yield _differs(place, "model_type", kind, model_type)


def _bare(name: str) -> str:
    """Letters and digits only: qwen2_5_vl and Qwen2_5_VLForConditionalGeneration begin alike."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _differs(place: Path, key: str, expected: str, found: str) -> Finding:
    return Finding(
        rule="component-class-differs",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=f"the index names {quoted(expected)} for this component and its config has {key} "
        f"{quoted(found)}",
        place=Place(kind="file", path=str(place / "config.json"), detail=key),
        remedy=REMEDY,
        evidence={"expected": quoted(expected), "found": quoted(found)},
    )
