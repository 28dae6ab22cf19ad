"""Reads ``framegate.json``, in which an unusual model states where it is in distribution.

The file stands beside model_index.json: ``{"traits": {"picture": {"width": 64, "height": 64,
"frames": 25, "steps": 20, "guidance": 3.0}, "fps": 25, "steps": 20, "guidance": 3.0}}``.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from compat.core.model import Finding, Severity
from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.wording import damage, quoted
from compat.identify.model import Picture, Traits

NAME = "framegate.json"
MOST_BYTES = 64 << 10
BOUNDS = {
    "width": (16, 8192), "height": (16, 8192), "frames": (1, 4096), "steps": (1, 1000),
    "guidance": (0, 100), "fps": (1, 240),
}  # fmt: skip
"""What a video model can sensibly ask for; a mistyped value must not cost a day of rendering."""

_WHOLE = {"width", "height", "frames", "steps"}


def apply_declared(folder: Path, traits: Traits) -> tuple[Traits, list[Finding], list[str]]:
    """Return ``traits`` with what ``framegate.json`` declares, findings about it, and evidence.

    A file with any mistake changes nothing: half a declaration would be a guess.
    """
    path = folder / NAME
    if not path.exists():
        return traits, [], []
    try:
        changed = _changed(read_json_object(path, MOST_BYTES), traits)
    except UnreadableJsonError as error:
        finding = damage(
            "declared-traits-invalid",
            path,
            f"{NAME} is not used: {error}",
            remedy="see the manual for its few keys, or remove the file",
            severity=Severity.MEDIUM,
        )
        return traits, [finding], []
    return changed, [], [f"{NAME} states where the model is in distribution"]


def _changed(document: dict[str, Any], traits: Traits) -> Traits:
    declared = document.get("traits")
    if not isinstance(declared, dict):
        raise UnreadableJsonError("it has no object called traits")
    _refuse_unknown(declared, {"picture", "steps", "guidance", "fps"})
    numbers = {key: _number(declared, key) for key in declared if key != "picture"}
    picture = traits.picture
    if "picture" in declared:
        picture = _picture(declared["picture"], traits)
    return replace(traits, picture=picture, **numbers)


def _picture(value: object, traits: Traits) -> Picture:
    if not isinstance(value, dict):
        raise UnreadableJsonError("picture is no object")
    keys = ("width", "height", "frames", "steps", "guidance")
    _refuse_unknown(value, set(keys))
    numbers = {key: _number(value, key) for key in keys}
    for key in ("width", "height"):
        if numbers[key] % traits.space_multiple:
            raise UnreadableJsonError(f"{key} is no multiple of {traits.space_multiple}")
    if (numbers["frames"] - traits.frame_offset) % traits.frame_step:
        rule = f"{traits.frame_step} k + {traits.frame_offset}"
        raise UnreadableJsonError(f"frames is not {rule}")
    return Picture(**numbers)


def _refuse_unknown(value: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(value) - known):
        raise UnreadableJsonError(f"the key {quoted(unknown[0])} is not known")


def _number(value: dict[str, Any], key: str) -> Any:
    found = value.get(key)
    allowed = int if key in _WHOLE else (int, float)
    if isinstance(found, bool) or not isinstance(found, allowed):
        raise UnreadableJsonError(f"{key} is no number")
    low, high = BOUNDS[key]
    if not low <= found <= high:
        raise UnreadableJsonError(f"{key} is not between {low} and {high}")
    return found if key in _WHOLE else float(found)
