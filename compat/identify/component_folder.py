"""Names the parts of a model folder by their headers, and a folder that holds one part only."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from compat.formats.bounded_json import UnreadableJsonError, read_json_object
from compat.formats.diffusers_folder import Component, Inventory
from compat.formats.header import try_header
from compat.formats.model import Header
from compat.formats.wording import quoted
from compat.identify.header import identify_header
from compat.identify.model import UNKNOWN, Identification, Role
from compat.identify.sharded import INDEX_SUFFIX, merge, merged_header

WEIGHTS = (".safetensors", ".sft", ".gguf")

ROLES = {
    "transformer": Role.DIFFUSION_MODEL, "transformer_2": Role.DIFFUSION_MODEL,
    "unet": Role.DIFFUSION_MODEL, "vae": Role.VAE, "audio_vae": Role.AUDIO_VAE,
    "vocoder": Role.VOCODER, "text_encoder": Role.TEXT_ENCODER,
    "text_encoder_2": Role.TEXT_ENCODER, "text_encoder_3": Role.TEXT_ENCODER,
    "connectors": Role.TEXT_PROJECTION, "image_encoder": Role.IMAGE_ENCODER,
    "motion_adapter": Role.MOTION_MODULE, "controlnet": Role.CONTROL,
}  # fmt: skip
"""What diffusers calls its components, and the role that is."""


def pipeline_parts(inventory: Inventory) -> tuple[Identification, ...]:
    """One identification for each component with weights, by headers; its name is a measure."""
    found: list[Identification] = []
    for part in inventory.components.values():
        header = _header(part.folder, part.weights)
        if header is not None:
            found.append(_named(part, identify_header(header)))
    return tuple(found)


def _named(part: Component, found: Identification) -> Identification:
    return replace(
        found,
        role=found.role or ROLES.get(part.name, Role.UNKNOWN),
        measures={"component": part.name, "class": part.kind, **found.measures},
    )


def _header(path: Path, weights: Iterable[Path]) -> Header | None:
    headers: list[Header] = []
    for file in weights:
        try:
            reading = try_header(file)
        except OSError:
            return None
        if reading is None or reading.header is None:
            return None
        headers.append(reading.header)
    return merge(path, headers) if headers else None


def identify_component_folder(folder: Path) -> Identification | None:
    """Name the one model in ``folder``, sharded or not; None where it holds none or several."""
    files = sorted(folder.iterdir())
    indexes = [file for file in files if file.name.endswith(INDEX_SUFFIX)]
    weights = [file for file in files if file.suffix.lower() in WEIGHTS and file.is_file()]
    if len(indexes) == 1:
        header, findings = merged_header(indexes[0])
        return _with_class(folder, identify_header(header, findings))
    if len(weights) != 1:
        return None
    alone = _header(folder, weights)
    return _with_class(folder, identify_header(alone)) if alone is not None else None


def _with_class(folder: Path, found: Identification) -> Identification:
    """Add what the config beside the weights says, whatever the weights say."""
    try:
        config = read_json_object(folder / "config.json")
    except UnreadableJsonError:
        return found
    kinds = config.get("_class_name") or config.get("architectures")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    if not isinstance(kind, str) or found.id == UNKNOWN:
        return found
    return replace(found, evidence=(*found.evidence, f"the config beside it says {quoted(kind)}"))
