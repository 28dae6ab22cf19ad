"""Reads ComfyUI's models folder as a set, each file under the loader that lists its folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.bounded_yaml import UnreadableYamlError, read_yaml_object
from compat.formats.folder_files import files_below
from compat.formats.wording import damage, quoted
from compat.identify.model import Role
from compat.identify.pairing.model import Identified
from compat.identify.sets.model import FileSet, Member

MODEL_SUFFIXES = (".safetensors", ".sft", ".gguf")

LEGACY: Mapping[str, str] = {"unet": "diffusion_models", "clip": "text_encoders"}
"""Old names of folders that the same loaders list (folder_paths.map_legacy)."""

TAKES: Mapping[str, tuple[Role, ...]] = {
    "checkpoints": (Role.DIFFUSION_MODEL, Role.AUDIO_VAE),
    "diffusion_models": (Role.DIFFUSION_MODEL,),
    "text_encoders": (Role.TEXT_ENCODER, Role.TEXT_PROJECTION),
    "vae": (Role.VAE, Role.AUDIO_VAE),
    "loras": (Role.LORA,),
    "clip_vision": (Role.IMAGE_ENCODER,),
    "controlnet": (Role.CONTROL,),
    "model_patches": (Role.CONTROL,),
    "latent_upscale_models": (Role.UPSCALER,),
    "animatediff_models": (Role.MOTION_MODULE,),
    "animatediff_motion_lora": (Role.LORA,),
}
"""What the loader that lists a folder can take (folder_paths.py, nodes.py, comfy_extras)."""

LOADERS: Mapping[Role, str] = {
    Role.DIFFUSION_MODEL: "diffusion_models",
    Role.VAE: "vae",
    Role.AUDIO_VAE: "checkpoints",
    Role.TEXT_ENCODER: "text_encoders",
    Role.IMAGE_ENCODER: "clip_vision",
    Role.UPSCALER: "latent_upscale_models",
    Role.LORA: "loras",
    Role.MOTION_MODULE: "animatediff_models",
    Role.CONTROL: "controlnet",
}
"""Where a file of a role belongs when its signature does not say."""


def models_folder(folder: Path) -> Path | None:
    """The models folder that ``folder`` is or holds; None where it is no ComfyUI's."""
    for place in (folder, folder / "models"):
        names = {known for known in (*TAKES, *LEGACY) if (place / known).is_dir()}
        if len(names) >= 2:
            return place
    return None


def read_comfy_folder(folder: Path) -> FileSet:
    """Every model file below the folders that loaders list, and those of extra_model_paths.yaml."""
    findings: list[Finding] = []
    listed = [(name, folder / name) for name in (*TAKES, *LEGACY) if (folder / name).is_dir()]
    for extra in (folder / "extra_model_paths.yaml", folder.parent / "extra_model_paths.yaml"):
        if extra.is_file():
            listed.extend(_extra(extra, findings))
    members = [
        Member(path=path, slot=LEGACY.get(name, name))
        for name, place in listed
        for path in _files(place, findings)
    ]
    return FileSet(
        source=folder,
        kind="comfyui-models",
        members=tuple({member.path: member for member in members}.values()),
        loader="comfyui",
        findings=tuple(findings),
    )


def _files(place: Path, findings: list[Finding]) -> Iterator[Path]:
    try:
        for path in files_below(place):
            if path.suffix.lower() in MODEL_SUFFIXES:
                yield path
    except (OSError, ValueError) as error:
        findings.append(_unlisted(place, str(error)))


def _extra(path: Path, findings: list[Finding]) -> Iterator[tuple[str, Path]]:
    """Folders that extra_model_paths.yaml adds, by the loader's name for them."""
    try:
        document = read_yaml_object(path)
    except UnreadableYamlError as error:
        findings.append(_unlisted(path, str(error)))
        return
    for section in document.values():
        if isinstance(section, dict):
            base = path.parent / Path(str(section.get("base_path") or ".")).expanduser()
            for name, lines in section.items():
                if name in TAKES or name in LEGACY:
                    yield from _lines(name, lines, base, path, findings)


def _lines(
    name: str, lines: object, base: Path, source: Path, findings: list[Finding]
) -> Iterator[tuple[str, Path]]:
    for line in str(lines).split("\n"):
        if not line.strip():
            continue
        place = base / line.strip()
        if place.is_dir():
            yield name, place
        else:
            findings.append(_no_folder(source, name, place))


def _unlisted(place: Path, why: str) -> Finding:
    return damage(
        "set-folder-unreadable",
        place,
        f"what it adds could not be looked at: {why}",
        remedy="mend it, or name the files themselves",
        severity=Severity.MEDIUM,
    )


def _no_folder(source: Path, name: str, place: Path) -> Finding:
    return damage(
        "set-folder-missing",
        source,
        f"{name} names the folder {quoted(place)}, which is not there",
        remedy="mend the path; ComfyUI lists nothing from it and says nothing",
        detail=name,
        severity=Severity.MEDIUM,
    )


def folder_findings(file: Identified) -> Iterator[Finding]:
    """Whether the loader that lists the file's folder can take it (Value not in list, R03)."""
    found, folder = file.identification, file.slot
    roles = TAKES.get(folder)
    role = found.role
    if roles is None or role in (Role.UNKNOWN, Role.PIPELINE):
        return
    bundle = len(found.parts) > 1
    placed = found.placement.comfyui_folder
    if folder == placed or (role in roles and (folder != "checkpoints" or bundle or not placed)):
        return
    right = placed or LOADERS.get(role, "")
    known = role in roles  # a lone transformer in checkpoints: loads, without VAE and text encoder
    yield damage(
        "comfy-folder-wrong",
        file.path,
        f"{quoted(file.path.name)} is a {role} ({found.id}) and lies in {folder}, whose loader "
        f"{'gives it no VAE or text encoder' if known else 'cannot take it'}; the loader for it "
        f"lists {right or 'no folder of its own'}",
        remedy=f"move it to models/{right}" if right else "see its own custom node",
        severity=Severity.LOW if known else Severity.MEDIUM,
        folder=folder,
        expected=right,
    )
